//! A small HTTP server on loopback whose answers the test decides: an address of lists, a timestamp
//! authority. One request a connection.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub struct Request {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }
}

/// Status, headers and body. Status 0: the line is cut without a word.
pub type Response = (u16, Vec<(&'static str, String)>, Vec<u8>);

pub struct Web {
    pub address: SocketAddr,
    stop: Arc<AtomicBool>,
}

impl Web {
    pub fn serve(answer: impl Fn(Request) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let (answer, stopped) = (Arc::new(answer), stop.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let answer = answer.clone();
                std::thread::spawn(move || talk(stream, &*answer));
            }
        });
        Self { address, stop }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

fn talk(stream: TcpStream, answer: &dyn Fn(Request) -> Response) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    lines.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.trim_start_matches('/').to_owned();
    let mut headers = Vec::new();
    loop {
        line.clear();
        lines.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(n, _)| n.eq_ignore_ascii_case("content-length"));
    let mut body = vec![0; length.and_then(|(_, v)| v.parse().ok()).unwrap_or(0)];
    lines.read_exact(&mut body).ok()?;
    let (status, said, bytes) = answer(Request { path, headers, body });
    if status == 0 {
        return None;
    }
    let mut head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n", bytes.len());
    for (name, value) in said {
        head += &format!("{name}: {value}\r\n");
    }
    let mut stream = stream;
    stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
    stream.write_all(&bytes).ok()
}

/// What a server behind this one answers.
pub fn passed_on(address: &str, request: &Request) -> Response {
    let asked = || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(address)?;
        let kind = request.header("content-type").unwrap_or_default();
        let length = request.body.len();
        write!(stream, "POST / HTTP/1.0\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n")?;
        stream.write_all(&request.body)?;
        let mut all = Vec::new();
        stream.read_to_end(&mut all)?;
        Ok(all)
    };
    let all = asked().unwrap_or_default();
    let Some(end) = all.windows(4).position(|w| w == b"\r\n\r\n") else { return (503, vec![], vec![]) };
    let kind = "application/ocsp-response".to_owned();
    (200, vec![("Content-Type", kind)], all[end + 4..].to_vec())
}
