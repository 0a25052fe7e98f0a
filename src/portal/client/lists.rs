//! Lists of revoked certificates over plain HTTP: each is signed. What did not change is not sent
//! again (RFC 9110 §13.1).

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{ETAG, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};

use super::plain;
use crate::portal::PortalError;
use crate::sign::crl::MAX_CRL;

/// A national list has twenty million bytes.
const WHOLE: Duration = Duration::from_secs(15 * 60);
/// Bytes of a tag that is worth keeping.
const MAX_TAG: usize = 512;

/// By what a server knows which version of a list is held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    pub tag: Option<String>,
    pub modified: Option<String>,
}

pub enum Fetched {
    Unchanged,
    New(Vec<u8>, Mark),
}

/// Fetches what is newer than `held`.
///
/// # Errors
/// Unreachable, cut, too slow, longer than a list may be, or not there.
pub async fn fetch(url: &str, held: &Mark) -> Result<Fetched, PortalError> {
    let mut request = plain::client(WHOLE)?.get(plain::place(url)?);
    for (name, value) in [(IF_NONE_MATCH, &held.tag), (IF_MODIFIED_SINCE, &held.modified)] {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    let response = request.send().await.map_err(|_| PortalError::Unreachable)?;
    let said = |name: HeaderName| {
        let value = response.headers().get(name)?.to_str().ok()?;
        (value.len() <= MAX_TAG).then(|| value.to_owned())
    };
    match response.status() {
        StatusCode::NOT_MODIFIED => Ok(Fetched::Unchanged),
        StatusCode::OK => {
            let mark = Mark { tag: said(ETAG), modified: said(LAST_MODIFIED) };
            Ok(Fetched::New(plain::body(response, MAX_CRL).await?, mark))
        }
        _ => Err(PortalError::Unreadable),
    }
}
