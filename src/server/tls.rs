//! The portal's side of TLS 1.3. Its certificate comes from the deployment's own CA and is made
//! anew before it runs out.

use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::ServerError;
use super::keys::Deployment;
use crate::clock::{Clock, Moment};

/// Days that a certificate is made for, and how many before its end the next is made.
pub const LEAF_DAYS: i64 = 90;
const RENEW_DAYS: i64 = 30;

#[derive(Debug)]
pub struct Leaf {
    /// With its first and last moment.
    current: RwLock<(Arc<CertifiedKey>, Moment, Moment)>,
    names: Vec<String>,
}

impl Leaf {
    pub fn new(deployment: &Deployment, names: Vec<String>, now: Moment) -> Result<Self, ServerError> {
        Ok(Self { current: RwLock::new(certify(deployment, &names, now)?), names })
    }

    /// Makes the next certificate where the present one is in its last days, or was made by a clock that
    /// was ahead.
    pub fn renew(&self, deployment: &Deployment, now: Moment) -> Result<(), ServerError> {
        let (from, until) = {
            let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
            (current.1, current.2)
        };
        if now < from || now.plus(RENEW_DAYS * 86_400) > until {
            let next = certify(deployment, &self.names, now)?;
            *self.current.write().unwrap_or_else(PoisonError::into_inner) = next;
        }
        Ok(())
    }
}

fn certify(
    deployment: &Deployment,
    names: &[String],
    now: Moment,
) -> Result<(Arc<CertifiedKey>, Moment, Moment), ServerError> {
    let identity = deployment.issue_tls(names, now)?;
    let key = identity.key_der().map_err(|_| ServerError::Keys("tls"))?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.to_vec()));
    let key = rustls::crypto::ring::sign::any_supported_type(&key).map_err(|_| ServerError::Keys("tls"))?;
    let chain = vec![CertificateDer::from(identity.certificate.der().to_vec())];
    let (from, until) = (identity.certificate.not_before(), identity.certificate.not_after());
    Ok((Arc::new(CertifiedKey::new(chain, key)), from, until))
}

impl ResolvesServerCert for Leaf {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.read().unwrap_or_else(PoisonError::into_inner).0.clone())
    }
}

/// TLS 1.3 alone; HTTP/2 preferred.
pub fn config(leaf: Arc<Leaf>, clock: &Clock) -> Result<ServerConfig, ServerError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let time = Arc::new(crate::portal::tls::OurTime(clock.clone()));
    let mut config = ServerConfig::builder_with_details(provider, time)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|_| ServerError::Keys("tls"))?
        .with_no_client_auth()
        .with_cert_resolver(leaf);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    // One ticket is what one kiosk can use; each costs bytes on a slow line.
    config.send_tls13_tickets = 1;
    Ok(config)
}
