use super::rig::*;
use beian::evidence::{Attempt, Certificate, Failure, Trust};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// An authority that the probe is told to trust.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    der: Vec<u8>,
}

impl Authority {
    fn new() -> Authority {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "Example Root");
        let key = KeyPair::generate().unwrap();
        let der = params.self_signed(&key).unwrap().der().to_vec();
        Authority { issuer: Issuer::new(params, key), der }
    }

    fn issue(&self, params: CertificateParams) -> (CertificateDer<'static>, KeyPair) {
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().der().clone(), key)
    }
}

fn config(certificate: CertificateDer<'static>, key: &KeyPair) -> ServerConfig {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap()
}

async fn visit(
    certificate: CertificateDer<'static>,
    key: KeyPair,
    authority: &Authority,
    answer: impl Fn() -> Vec<u8> + Send + Sync + Clone + 'static,
) -> Attempt {
    let acceptor = TlsAcceptor::from(Arc::new(config(certificate, &key)));
    let server = serve(move |socket| {
        let (acceptor, answer) = (acceptor.clone(), answer.clone());
        async move {
            if let Ok(tls) = acceptor.accept(socket).await {
                answer_once(tls, &answer()).await;
            }
        }
    })
    .await;
    let mut world = World::new().await;
    world.options.extra_roots = vec![authority.der.clone()];
    world.at(SITE, 443, server);
    world.over_https().await
}

/// What was seen of a certificate; the page is seen in any case.
async fn seen(params: CertificateParams) -> Certificate {
    let authority = Authority::new();
    let (certificate, key) = authority.issue(params);
    let attempt = visit(certificate, key, &authority, || page("<p>x")).await;
    assert_eq!(attempt.answer().expect("the page is seen").status, 200);
    attempt.hops[0].certificate.clone().unwrap()
}

fn params(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).unwrap()
}

#[tokio::test]
async fn a_good_certificate_is_valid_and_described() {
    let mut params = params("site.example");
    params.not_before = date_time_ymd(2024, 1, 2);
    params.not_after = date_time_ymd(2099, 3, 4);
    let certificate = seen(params).await;
    assert_eq!(certificate.trust, Trust::Valid);
    assert_eq!(certificate.names, ["site.example"]);
    assert!(certificate.issuer.contains("Example Root"), "{}", certificate.issuer);
    assert_eq!(certificate.not_before, "2024-01-02T00:00:00Z");
    assert_eq!(certificate.not_after, "2099-03-04T00:00:00Z");
}

#[tokio::test]
async fn bad_certificates_are_told_apart_and_the_page_is_seen_all_the_same() {
    assert_eq!(seen(params("other.example")).await.trust, Trust::WrongName);
    let mut expired = params("site.example");
    expired.not_before = date_time_ymd(2020, 1, 1);
    expired.not_after = date_time_ymd(2021, 1, 1);
    assert_eq!(seen(expired).await.trust, Trust::Expired);
    let mut early = params("site.example");
    early.not_before = date_time_ymd(2098, 1, 1);
    early.not_after = date_time_ymd(2099, 1, 1);
    assert_eq!(seen(early).await.trust, Trust::NotYetValid);
}

#[tokio::test]
async fn a_self_signed_certificate_is_untrusted() {
    let key = KeyPair::generate().unwrap();
    let certificate = params("site.example").self_signed(&key).unwrap().der().clone();
    let attempt = visit(certificate, key, &Authority::new(), || page("x")).await;
    assert_eq!(attempt.hops[0].certificate.as_ref().unwrap().trust, Trust::Untrusted);
    assert!(attempt.answer().is_some());
}

#[tokio::test]
async fn a_server_that_cannot_prove_its_certificate_is_no_page() {
    // The certificate of one key, the handshake signed with another.
    let authority = Authority::new();
    let (certificate, _) = authority.issue(params("site.example"));
    let key = KeyPair::generate().unwrap();
    let signing = ring::default_provider()
        .key_provider
        .load_private_key(PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    let certified = rustls::sign::CertifiedKey::new(vec![certificate], signing);
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(certified)));
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let server = serve(move |socket| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(tls) = acceptor.accept(socket).await {
                answer_once(tls, &page("x")).await;
            }
        }
    })
    .await;
    let mut world = World::new().await;
    world.options.extra_roots = vec![authority.der.clone()];
    world.at(SITE, 443, server);
    assert_eq!(failure(&world.over_https().await), Some(Failure::TlsHandshake));
}

#[tokio::test]
async fn a_page_that_ends_without_the_farewell_of_tls_is_whole() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue(params("site.example"));
    let acceptor = TlsAcceptor::from(Arc::new(config(certificate, &key)));
    let server = serve(move |socket| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut tls) = acceptor.accept(socket).await else { return };
            read_request(&mut tls).await;
            let answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>whole";
            tokio::io::AsyncWriteExt::write_all(&mut tls, answer).await.unwrap();
            tokio::io::AsyncWriteExt::flush(&mut tls).await.unwrap();
            // The bare connection ends.
            tokio::io::AsyncWriteExt::shutdown(tls.get_mut().0).await.unwrap();
        }
    })
    .await;
    let mut world = World::new().await;
    world.at(SITE, 443, server);
    assert_eq!(world.over_https().await.answer().unwrap().bytes, 8);
}
