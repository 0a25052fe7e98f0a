//! A phone's side of signing with a phone: what the national app does, for practice's own phone.

use reqwest::Method;
use reqwest::header::HeaderMap;
use reqwest::{StatusCode, Url};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::exchange::{Answer, exchange};
use super::visitor;
use crate::clock::Clock;
use crate::portal::wire::phone::{Invitation, SCHEME, ToSign, WITH_DATA};
use crate::portal::{PortalError, tls};

/// From the code's text to the signature sent. `authorities`: DER of the CAs that the portal's TLS
/// certificate may come from. `sign` makes an attached CMS of the document's bytes, or nothing.
///
/// # Errors
/// As of any request; `Unreadable` where the exchange is another than the documented one.
pub async fn sign(
    code: &str,
    authorities: &[Vec<u8>],
    clock: &Clock,
    sign: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
) -> Result<(), PortalError> {
    let http = super::client(tls::client(authorities, clock)?)?;
    let ask = async |method, url: &str, headers, body| -> Result<Answer, PortalError> {
        let url = Url::parse(url).map_err(|_| PortalError::Unreadable)?;
        let answer = exchange(&http, method, url, headers, body).await?;
        if answer.status == StatusCode::OK { Ok(answer) } else { Err(answer.problem()) }
    };
    let address = code.strip_prefix(SCHEME).ok_or(PortalError::Unreadable)?;
    let invitation: Invitation = ask(Method::GET, address, HeaderMap::new(), None).await?.json()?;
    let document = invitation.document;
    let token = match document.auth_type.as_str() {
        "Bearer" => visitor("Bearer", &document.auth_token)?,
        "None" => HeaderMap::new(),
        _ => return Err(PortalError::Unreadable),
    };
    let mut set: ToSign = ask(Method::GET, &document.uri, token.clone(), None).await?.json()?;
    if set.sign_method != WITH_DATA {
        return Err(PortalError::Unreadable);
    }
    let [one] = set.documents_to_sign.as_mut_slice() else { return Err(PortalError::Unreadable) };
    let bytes = STANDARD.decode(&one.document.file.data).map_err(|_| PortalError::Unreadable)?;
    one.document.file.data = STANDARD.encode(sign(&bytes).ok_or(PortalError::Unreadable)?);
    let body = serde_json::to_vec(&set).map_err(|_| PortalError::Unreadable)?;
    ask(Method::PUT, &document.uri, token, Some(body)).await.map(drop)
}
