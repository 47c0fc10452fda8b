use super::fold::simplify;
use serde::{Deserialize, Serialize};

macro_rules! provinces {
    ($($variant:ident $letter:literal $zh:literal $en:literal $division:literal;)*) => {
        /// A province-level division of the mainland, as record numbers name it by one letter.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "char", try_from = "char")]
        pub enum Province {
            $(#[doc = $en] $variant,)*
        }

        impl Province {
            /// Every province, in the order of the division codes.
            pub const ALL: &'static [Province] = &[$(Province::$variant,)*];

            /// The letter that the ministry writes, e.g. `粤`.
            pub fn letter(self) -> char {
                match self { $(Province::$variant => $letter,)* }
            }

            /// The common Chinese name without its kind, e.g. `广东`.
            pub fn name(self) -> &'static str {
                match self { $(Province::$variant => $zh,)* }
            }

            /// The English name, e.g. `Guangdong`.
            pub fn name_en(self) -> &'static str {
                match self { $(Province::$variant => $en,)* }
            }

            /// The first two digits of the division codes (GB/T 2260), e.g. 44.
            pub fn division(self) -> u8 {
                match self { $(Province::$variant => $division,)* }
            }
        }
    };
}

provinces! {
    Beijing '京' "北京" "Beijing" 11;
    Tianjin '津' "天津" "Tianjin" 12;
    Hebei '冀' "河北" "Hebei" 13;
    Shanxi '晋' "山西" "Shanxi" 14;
    InnerMongolia '蒙' "内蒙古" "Inner Mongolia" 15;
    Liaoning '辽' "辽宁" "Liaoning" 21;
    Jilin '吉' "吉林" "Jilin" 22;
    Heilongjiang '黑' "黑龙江" "Heilongjiang" 23;
    Shanghai '沪' "上海" "Shanghai" 31;
    Jiangsu '苏' "江苏" "Jiangsu" 32;
    Zhejiang '浙' "浙江" "Zhejiang" 33;
    Anhui '皖' "安徽" "Anhui" 34;
    Fujian '闽' "福建" "Fujian" 35;
    Jiangxi '赣' "江西" "Jiangxi" 36;
    Shandong '鲁' "山东" "Shandong" 37;
    Henan '豫' "河南" "Henan" 41;
    Hubei '鄂' "湖北" "Hubei" 42;
    Hunan '湘' "湖南" "Hunan" 43;
    Guangdong '粤' "广东" "Guangdong" 44;
    Guangxi '桂' "广西" "Guangxi" 45;
    Hainan '琼' "海南" "Hainan" 46;
    Chongqing '渝' "重庆" "Chongqing" 50;
    Sichuan '蜀' "四川" "Sichuan" 51;
    Guizhou '黔' "贵州" "Guizhou" 52;
    Yunnan '滇' "云南" "Yunnan" 53;
    Tibet '藏' "西藏" "Tibet" 54;
    Shaanxi '陕' "陕西" "Shaanxi" 61;
    Gansu '陇' "甘肃" "Gansu" 62;
    Qinghai '青' "青海" "Qinghai" 63;
    Ningxia '宁' "宁夏" "Ningxia" 64;
    Xinjiang '新' "新疆" "Xinjiang" 65;
}

impl Province {
    /// Reads a province letter: the ministry's own, or a colloquial one
    /// (川 贵 云 甘 秦), or the traditional form of either.
    pub fn from_letter(letter: char) -> Option<Province> {
        let letter = match simplify(letter) {
            '川' => '蜀',
            '贵' => '黔',
            '云' => '滇',
            '甘' => '陇',
            '秦' => '陕',
            other => other,
        };
        Province::ALL.iter().copied().find(|p| p.letter() == letter)
    }

    /// Whether this letter is a colloquial one that the ministry does not write.
    pub fn is_colloquial(letter: char) -> bool {
        matches!(simplify(letter), '川' | '贵' | '云' | '甘' | '秦')
    }

    /// Reads a province as lists and consoles write it: `广东`, `广东省`, `粤`, `Guangdong`.
    pub fn from_name(name: &str) -> Option<Province> {
        let name = name.trim();
        let mut letters = name.chars();
        if let (Some(letter), None) = (letters.next(), letters.next()) {
            return Province::from_letter(letter);
        }
        Province::ALL
            .iter()
            .copied()
            .find(|p| name.starts_with(p.name()) || name.eq_ignore_ascii_case(p.name_en()))
    }
}

impl From<Province> for char {
    fn from(province: Province) -> char {
        province.letter()
    }
}

impl TryFrom<char> for Province {
    type Error = super::ParseError;

    fn try_from(letter: char) -> Result<Province, super::ParseError> {
        Province::from_letter(letter).ok_or(super::ParseError("no province has this letter"))
    }
}
