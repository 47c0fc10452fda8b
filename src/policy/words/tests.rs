use super::*;
use crate::policy::Policy;

fn policy(mine: &str) -> Policy {
    Policy::with(mine, "mine.toml", None).unwrap()
}

fn problem(mine: &str) -> String {
    Policy::with(mine, "mine.toml", None).unwrap_err().to_string()
}

fn lists(words: &Words, text: &str, province: Option<Province>) -> Vec<WordList> {
    let hits = words.in_filing(text, province).into_iter().map(|hit| hit.list);
    hits.filter(|list| !matches!(list, WordList::Approved(_))).collect()
}

#[test]
fn a_word_within_a_longer_word_of_another_meaning_is_no_hit() {
    let words = Policy::embedded().unwrap().words;
    assert_eq!(lists(&words, "人民收藏网", None), [WordList::NationalHead]);
    assert_eq!(lists(&words, "人民币收藏网", None), []);
    let hits = words.in_filing("人民币与人民", None);
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].span.start, "人民币与".len());
}

#[test]
fn of_words_within_each_other_the_longest_is_the_one() {
    let words = Policy::embedded().unwrap().words;
    let hits = words.in_page("百家乐真人百家乐");
    let found: Vec<&str> = hits.iter().map(|hit| words.page_word(hit)).collect();
    assert_eq!(found, ["百家乐", "真人百家乐"]);
}

#[test]
fn a_province_s_words_hold_there_and_nowhere_else() {
    let words = Policy::embedded().unwrap().words;
    let medicine = [WordList::Filed(Topic::Medicine)];
    assert_eq!(lists(&words, "示例药店", Some(Province::Sichuan)), medicine);
    assert_eq!(lists(&words, "示例药店", Some(Province::Zhejiang)), []);
    assert_eq!(lists(&words, "示例药店", None), []);
    assert_eq!(lists(&words, "示例药品", None), medicine);
    assert_eq!(lists(&words, "芍药花谱", Some(Province::Sichuan)), []);
}

#[test]
fn latin_words_are_whole_and_in_any_case() {
    let words = Policy::embedded().unwrap().words;
    let found = |text: &str| !words.in_page(text).is_empty();
    assert!(found("北京 PK10 开奖") && found("日韩AV"));
    assert!(!found("spk100") && !found("pk1000"));
}

#[test]
fn a_user_s_file_adds_words_takes_some_away_and_excepts_others() {
    let mine = "[[words]]\nlist = \"gambling\"\nadd = [\"ＡＢ示例盘\"]\nremove = [\"快三\"]\n\
                except = [\"六合彩虹\"]\n\
                [[words]]\nlist = \"filed.news\"\nprovinces = [\"浙江\"]\nadd = [\"快讯\"]\n";
    let words = policy(mine).words;
    assert_eq!(words.in_page("玩ab示例盘吧").len(), 1);
    assert_eq!(words.in_page("快三和六合彩虹"), []);
    assert_eq!(lists(&words, "示例快讯", Some(Province::Zhejiang)).len(), 1);
    assert_eq!(lists(&words, "示例快讯", Some(Province::Beijing)), []);
    assert!(Policy::embedded().unwrap().words.of(WordList::Gambling).any(|word| word == "快三"));
}

#[test]
fn a_word_that_holds_everywhere_still_does_when_a_province_names_it_again() {
    let mine = "[[words]]\nlist = \"filed.medicine\"\nprovinces = [\"浙江\"]\nadd = [\"药品\"]\n";
    let words = policy(mine).words;
    assert_eq!(lists(&words, "示例药品", Some(Province::Beijing)).len(), 1);
}

#[test]
fn what_cannot_be_meant_is_refused_with_a_hint() {
    for (mine, part) in [
        ("list = \"gamblin\"\nadd = [\"甲\"]", "did you mean `gambling`"),
        ("list = \"filed.new\"\nadd = [\"甲\"]", "did you mean `filed.news`"),
        ("list = \"gambling\"\nadd = [\" \"]", "empty"),
        ("list = \"gambling\"\nremove = [\"没有的词\"]", "not in the list"),
        ("list = \"gambling\"\nprovinces = [\"浙\"]\nadd = [\"甲\"]", "every province"),
        ("list = \"filed.news\"\nprovinces = [\"萌\"]\nadd = [\"甲\"]", "not a province"),
        ("list = \"gambling\"\nadded = [\"甲\"]", "did you mean `add`"),
    ] {
        let said = problem(&format!("[[words]]\n{mine}\n"));
        assert!(said.contains(part) && said.contains("mine.toml"), "{mine}: {said}");
    }
    let long = "甲".repeat(LONGEST + 1);
    assert!(
        problem(&format!("[[words]]\nlist = \"shops\"\nadd = [\"{long}\"]\n")).contains("longer")
    );
}

#[test]
fn every_list_has_words_and_no_word_is_excepted_by_itself() {
    let words = Policy::embedded().unwrap().words;
    for name in WordList::names() {
        let list = WordList::from_name(&name).unwrap();
        assert!(words.of(list).next().is_some(), "{name} is empty");
        for exception in words.exceptions.get(&list).into_iter().flatten() {
            assert!(words.of(list).all(|word| word != exception), "{name}: {exception}");
            let holds_one = words.of(list).any(|word| exception.contains(word));
            assert!(holds_one, "{name}: {exception} holds no word of the list");
        }
    }
}

#[test]
fn any_text_can_be_looked_through() {
    let words = Policy::embedded().unwrap().words;
    for text in ["", "\u{0}", "👩‍👩‍👧", &"中国".repeat(10_000), &"av ".repeat(10_000)]
    {
        assert!(words.in_filing(text, None).len() <= MOST);
        assert!(words.in_page(text).len() <= MOST);
    }
}
