//! The kiosk's side of TLS 1.3: only the deployment's own CA is trusted, and the time comes from
//! [`Clock`].

use std::sync::Arc;
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::PortalError;
use crate::clock::{Clock, Moment};

/// Reads the kiosk's clock for rustls.
#[derive(Debug)]
pub struct OurTime(pub Clock);

impl TimeProvider for OurTime {
    fn current_time(&self) -> Option<UnixTime> {
        Some(unix(self.0.now().wall))
    }
}

fn unix(at: Moment) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(at.0).unwrap_or(0)))
}

/// A client configuration that trusts `tls_ca` (DER of the CA certificates in the keyset) alone and
/// speaks HTTP/2 alone.
pub fn client(tls_ca: &[Vec<u8>], clock: &Clock) -> Result<ClientConfig, PortalError> {
    let mut roots = RootCertStore::empty();
    for ca in tls_ca {
        roots.add(CertificateDer::from(ca.clone())).map_err(|_| PortalError::Untrusted)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let inner = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|_| PortalError::Untrusted)?;
    let verifier = Arc::new(Pinned { inner, clock: clock.clone() });
    let mut config = builder(provider, clock)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(config)
}

/// A client configuration by named authorities (DER), as anybody's: for services that are not the deployment's own.
pub fn by(authorities: &[Vec<u8>], clock: &Clock) -> Result<ClientConfig, PortalError> {
    let mut roots = RootCertStore::empty();
    for authority in authorities {
        roots.add(CertificateDer::from(authority.clone())).map_err(|_| PortalError::Untrusted)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = builder(provider, clock)?.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// A configuration that takes any certificate: for fetching the keyset alone, which the pinned root
/// vouches for. No credential and no letter ever goes over it.
pub fn anybody(clock: &Clock) -> Result<ClientConfig, PortalError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Arc::new(Anybody(provider.clone()));
    let mut config = builder(provider, clock)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(config)
}

#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let schemes = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, schemes)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let schemes = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, schemes)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

fn builder(
    provider: Arc<CryptoProvider>,
    clock: &Clock,
) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, PortalError> {
    ClientConfig::builder_with_details(provider, Arc::new(OurTime(clock.clone())))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|_| PortalError::Untrusted)
}

/// webpki's own verifier with one difference: a kiosk whose clock is doubtful (a flat battery: it
/// is 1970 again) does not judge whether the certificate has begun yet. The chain to the pinned CA
/// is judged as ever, and the first verified answer sets the clock's floor right.
#[derive(Debug)]
struct Pinned {
    inner: Arc<WebPkiServerVerifier>,
    clock: Clock,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let begun = begins(end_entity);
        let at = if self.clock.is_behind() { begun.map_or(now, |begun| begun.max(now)) } else { now };
        let judge =
            |at| self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, at);
        let Err(error) = judge(at) else { return judge(at) };
        // Is it the time alone? Refused all the same; but the words are others, and the way out.
        let ours = begun.is_some_and(|begun| judge(begun).is_ok());
        Err(match (ours, begun) {
            (true, Some(begun)) => {
                self.clock.unfit();
                let early = at < begun;
                let why = if early { CertificateError::NotValidYet } else { CertificateError::Expired };
                rustls::Error::InvalidCertificate(why)
            }
            _ if of_time(&error) => rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer),
            _ => error,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// Whether a certificate was refused for its days alone; a stranger's is told from ours before.
pub fn of_time(error: &rustls::Error) -> bool {
    use CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext};
    matches!(
        error,
        rustls::Error::InvalidCertificate(
            Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. }
        )
    )
}

fn begins(certificate: &[u8]) -> Option<UnixTime> {
    let certificate = <x509_cert::Certificate as der::Decode>::from_der(certificate).ok()?;
    Some(UnixTime::since_unix_epoch(certificate.tbs_certificate.validity.not_before.to_unix_duration()))
}
