//! Certificates: the handshake goes on whatever the certificate, and what a browser would
//! say of it is written down.

use crate::evidence::{Certificate, Trust};
use crate::probe::ProbeError;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        Resumption, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use std::sync::{Arc, Mutex, PoisonError};
use x509_parser::{
    certificate::X509Certificate, extensions::GeneralName, prelude::FromDer, time::ASN1Time,
};

const MAX_NAMES: usize = 20;
const MAX_TEXT: usize = 256;

/// What all TLS connections of a run share.
#[derive(Clone, Debug)]
pub(super) struct Tls {
    config: ClientConfig,
    verifier: Arc<WebPkiServerVerifier>,
}

impl Tls {
    pub(super) fn new(extra_roots: &[Vec<u8>]) -> Result<Tls, ProbeError> {
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        for der in extra_roots {
            let root = CertificateDer::from(der.clone());
            roots.add(root).map_err(|error| ProbeError::Root(error.to_string()))?;
        }
        let provider: Arc<CryptoProvider> = Arc::new(ring::default_provider());
        let client = |error: String| ProbeError::Client(error);
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .build()
                .map_err(|error| client(error.to_string()))?;
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| client(error.to_string()))?
            .with_webpki_verifier(Arc::clone(&verifier))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // Each site is met once.
        config.resumption = Resumption::disabled();
        Ok(Tls { config, verifier })
    }

    /// The configuration of one connection, which tells its witness of the handshake.
    pub(super) fn config(&self, witness: &Arc<Witness>) -> Arc<ClientConfig> {
        let mut config = self.config.clone();
        config.dangerous().set_certificate_verifier(Arc::new(Verifier {
            inner: Arc::clone(&self.verifier),
            witness: Arc::clone(witness),
        }));
        Arc::new(config)
    }
}

/// What one connection's handshake showed.
#[derive(Debug, Default)]
pub(super) struct Witness {
    seen: Mutex<Option<Certificate>>,
}

impl Witness {
    /// The certificate, where the handshake came so far.
    pub(super) fn certificate(&self) -> Option<Certificate> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[derive(Debug)]
struct Verifier {
    inner: Arc<WebPkiServerVerifier>,
    witness: Arc<Witness>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verdict = self.inner.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        let trust = verdict.err().map_or(Trust::Valid, |error| trust(&error));
        let seen = Some(describe(end_entity, trust));
        *self.witness.seen.lock().unwrap_or_else(PoisonError::into_inner) = seen;
        // The page behind a bad certificate is still the page that visitors get.
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

fn trust(error: &Error) -> Trust {
    use CertificateError as E;
    match error {
        Error::InvalidCertificate(E::Expired | E::ExpiredContext { .. }) => Trust::Expired,
        Error::InvalidCertificate(E::NotValidYet | E::NotValidYetContext { .. }) => {
            Trust::NotYetValid
        }
        Error::InvalidCertificate(E::NotValidForName | E::NotValidForNameContext { .. }) => {
            Trust::WrongName
        }
        Error::InvalidCertificate(E::BadEncoding) => Trust::Malformed,
        _ => Trust::Untrusted,
    }
}

fn describe(der: &CertificateDer<'_>, trust: Trust) -> Certificate {
    let Ok((_, certificate)) = X509Certificate::from_der(der) else {
        let (issuer, not_before, not_after) = Default::default();
        let names = Vec::new();
        return Certificate { trust: Trust::Malformed, names, issuer, not_before, not_after };
    };
    let validity = certificate.validity();
    Certificate {
        trust,
        names: names(&certificate),
        issuer: short(&certificate.issuer().to_string()),
        not_before: moment(validity.not_before),
        not_after: moment(validity.not_after),
    }
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let alternative = certificate.subject_alternative_name().ok().flatten();
    let names = alternative.iter().flat_map(|extension| extension.value.general_names.iter());
    let mut names: Vec<String> = names
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(short(name)),
            GeneralName::IPAddress(bytes) => address(bytes),
            _ => None,
        })
        .take(MAX_NAMES)
        .collect();
    if names.is_empty() {
        let common = certificate.subject().iter_common_name();
        names = common.filter_map(|cn| cn.as_str().ok()).map(short).take(1).collect();
    }
    names
}

fn address(bytes: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(bytes).map(|b| std::net::IpAddr::from(b).to_string());
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(|b| std::net::IpAddr::from(b).to_string())).ok()
}

fn moment(time: ASN1Time) -> String {
    jiff::Timestamp::from_second(time.timestamp()).map(|t| t.to_string()).unwrap_or_default()
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect()
}
