use super::PlaceError;
use crate::policy::Providers;
use ipnet::IpNet;
use std::net::IpAddr;
use std::str::FromStr;

/// `CIDR=CC[/PROVIDER]`
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    /// The network.
    pub network: IpNet,
    /// ISO code.
    pub country: String,
    /// Key into `config/providers.toml`.
    pub provider: Option<String>,
}

impl Override {
    /// Refuses a provider that the policy does not know.
    pub fn check(&self, providers: &Providers) -> Result<(), PlaceError> {
        match &self.provider {
            Some(key) if providers.by_key(key).is_none() => {
                let named = format!("{}={}/{key}", self.network, self.country);
                let hint = match providers.key_of(key) {
                    Some(known) => format!("there is no provider {key:?}; its key is {known}"),
                    None => format!("there is no provider {key:?}"),
                };
                Err(PlaceError::Override(named, hint))
            }
            _ => Ok(()),
        }
    }
}

impl FromStr for Override {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        read(text).map_err(|problem| PlaceError::Override(text.to_owned(), problem))
    }
}

fn read(text: &str) -> Result<Override, String> {
    let (network, place) = text.split_once('=').ok_or("there is no =")?;
    let (country, provider) = match place.trim().split_once('/') {
        Some((country, provider)) => (country, Some(provider.trim())),
        None => (place, None),
    };
    let country = country.trim().to_ascii_uppercase();
    if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(format!("{country:?} is not a country code of two letters"));
    }
    if provider.is_some_and(|key| !is_key(key)) {
        return Err("a provider's key has lower-case letters, digits and hyphens".to_owned());
    }
    let network = read_network(network.trim())?;
    Ok(Override { network, country, provider: provider.map(str::to_owned) })
}

fn read_network(text: &str) -> Result<IpNet, String> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    let network = address.or_else(|_| text.parse::<IpNet>());
    let network =
        network.map_err(|_| format!("{text:?} is not a network such as 203.0.113.0/24"))?;
    if network.trunc() != network {
        return Err(format!(
            "{network} begins inside of a network; did you mean {}?",
            network.trunc()
        ));
    }
    Ok(network)
}

fn is_key(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !text.is_empty() && text.bytes().all(allowed)
}
