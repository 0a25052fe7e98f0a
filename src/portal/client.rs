//! The HTTP client: reqwest over rustls with the deployment CA, HTTP/2, no proxy, no redirects.
