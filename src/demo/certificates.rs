//! The certificate authority of the demo world.

use super::DemoError;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SigningKey};
use serde::Deserialize;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// What a host's certificate is like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CertificateKind {
    /// For its name, of our authority, in time.
    #[default]
    Good,
    /// Its time is over.
    Expired,
    /// For another name.
    WrongName,
    /// Signed by its own key.
    SelfSigned,
    /// Good, with a hundred certificates behind it.
    LongChain,
    /// Good, with five thousand certificates behind it.
    EndlessChain,
}

/// Certificates that are kept made; then all are made anew.
const KEPT: usize = 4_096;

/// Hands out a certificate for each name that a client asks for.
pub(super) struct Certificates {
    issuer: Issuer<'static, KeyPair>,
    root: Vec<u8>,
    root_pem: String,
    leaf_key: KeyPair,
    /// The same, as the server signs with it.
    signing: Arc<dyn SigningKey>,
    kinds: HashMap<String, CertificateKind>,
    made: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl Certificates {
    /// An authority of its own; hosts that are not among `kinds` have a good certificate.
    pub(super) fn new(kinds: HashMap<String, CertificateKind>) -> Result<Certificates, DemoError> {
        let key = KeyPair::generate().map_err(broken)?;
        let mut params = CertificateParams::new(Vec::new()).map_err(broken)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, "beian demo root");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2099, 12, 31);
        let root = params.self_signed(&key).map_err(broken)?;
        let leaf_key = KeyPair::generate().map_err(broken)?;
        let der = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(leaf_key.serialize_der()));
        Ok(Certificates {
            signing: ring::sign::any_supported_type(&der).map_err(broken)?,
            issuer: Issuer::new(params, key),
            root: root.der().to_vec(),
            root_pem: root.pem(),
            leaf_key,
            kinds,
            made: Mutex::default(),
        })
    }

    /// The root certificate, DER.
    pub(super) fn root(&self) -> &[u8] {
        &self.root
    }

    /// The same, PEM.
    pub(super) fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// The TLS settings of a server that shows these certificates.
    pub(super) fn server(self: &Arc<Self>) -> Result<rustls::ServerConfig, DemoError> {
        let provider = Arc::new(ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(broken)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::<Self>::clone(self));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    fn make(&self, host: &str) -> Result<CertifiedKey, DemoError> {
        let kind = self.kinds.get(host).copied().unwrap_or_default();
        let name = if kind == CertificateKind::WrongName { "other-host.example" } else { host };
        let mut params = CertificateParams::new(vec![name.to_owned()]).map_err(broken)?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = match kind {
            CertificateKind::Expired => date_time_ymd(2021, 1, 1),
            _ => date_time_ymd(2099, 1, 1),
        };
        let certificate = match kind {
            CertificateKind::SelfSigned => params.self_signed(&self.leaf_key),
            _ => params.signed_by(&self.leaf_key, &self.issuer),
        }
        .map_err(broken)?;
        let more = match kind {
            CertificateKind::LongChain => 99,
            CertificateKind::EndlessChain => 5_000,
            _ => 0,
        };
        let more = std::iter::repeat_n(CertificateDer::from(self.root.clone()), more);
        let own = CertificateDer::from(certificate.der().to_vec());
        let chain = std::iter::once(own).chain(more).collect();
        Ok(CertifiedKey::new(chain, Arc::clone(&self.signing)))
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let host = hello.server_name().unwrap_or("unnamed.example").to_ascii_lowercase();
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ready) = made.get(&host) {
            return Some(Arc::clone(ready));
        }
        let fresh = Arc::new(self.make(&host).ok()?);
        if made.len() >= KEPT {
            made.clear();
        }
        made.insert(host, Arc::clone(&fresh));
        Some(fresh)
    }
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificates").field("kinds", &self.kinds).finish_non_exhaustive()
    }
}

fn broken(reason: impl std::fmt::Display) -> DemoError {
    DemoError::Certificate(reason.to_string())
}
