//! A gateway for texts that takes what comes to it over HTTP and keeps it, and fails as it is told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tereze::clock::Clock;
use tereze::portal::client::sms::HttpGateway;
use tereze::private::Secret;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

pub const SECRET: &str = "a-secret-of-the-gateway";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Takes what comes, after so many milliseconds.
    Takes(u64),
    /// Takes it, and the line is cut before the answer.
    Cuts,
    /// Says nothing for a minute, and takes nothing.
    Silent,
    Says(&'static str),
}

/// One text as it came.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Text {
    pub id: String,
    pub to: String,
    pub text: String,
}

#[derive(Clone)]
pub struct Receiver {
    pub address: SocketAddr,
    mood: Arc<Mutex<Mood>>,
    /// Everything that was taken, repeats too.
    taken: Arc<Mutex<Vec<Text>>>,
    /// Everything that was asked, taken or not.
    asked: Arc<Mutex<usize>>,
}

impl Receiver {
    pub async fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mood = Arc::new(Mutex::new(mood));
        let receiver = Self { address, mood, taken: Arc::default(), asked: Arc::default() };
        let own = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(own.clone().serve(stream));
            }
        });
        receiver
    }

    pub fn url(&self) -> String {
        format!("http://{}/sms", self.address)
    }

    pub fn client(&self) -> Arc<HttpGateway> {
        let secret = Secret::from_vec(SECRET.as_bytes().to_vec());
        Arc::new(HttpGateway::new(&self.url(), &secret, &[], &Clock::system()).unwrap())
    }

    pub fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub fn taken(&self) -> Vec<Text> {
        self.taken.lock().unwrap().clone()
    }

    /// What reached a phone: a text that was given twice under one id is sent once.
    pub fn sent(&self) -> Vec<Text> {
        let mut sent = self.taken();
        sent.sort();
        sent.dedup_by(|a, b| a.id == b.id);
        sent
    }

    pub fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }

    async fn serve(self, mut stream: TcpStream) {
        let mut bytes = vec![];
        // One connection may bring many texts.
        loop {
            let (head, body) = loop {
                if let Some(whole) = whole(&mut bytes) {
                    break whole;
                }
                let mut more = [0u8; 4096];
                match stream.read(&mut more).await {
                    Ok(n) if n > 0 => bytes.extend_from_slice(&more[..n]),
                    _ => return,
                }
            };
            *self.asked.lock().unwrap() += 1;
            let mood = *self.mood.lock().unwrap();
            let status = match mood {
                Mood::Silent => {
                    tokio::time::sleep(Duration::from_secs(60)).await;
                    return;
                }
                Mood::Says(status) => status.to_owned(),
                Mood::Takes(_) | Mood::Cuts if !head.contains(&format!("bearer {SECRET}")) => {
                    "401 Unauthorized".to_owned()
                }
                Mood::Takes(after) => {
                    tokio::time::sleep(Duration::from_millis(after)).await;
                    self.take(&head, &body);
                    "202 Accepted".to_owned()
                }
                Mood::Cuts => {
                    self.take(&head, &body);
                    return;
                }
            };
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
            if stream.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }

    fn take(&self, head: &str, body: &[u8]) {
        let body: serde_json::Value = serde_json::from_slice(body).expect("JSON");
        assert_eq!(body.as_object().unwrap().len(), 3, "three members and no more: {body}");
        let member = |name: &str| body[name].as_str().unwrap().to_owned();
        let id = member("id");
        assert!(head.contains(&format!("idempotency-key: {id}")), "{head}");
        self.taken.lock().unwrap().push(Text { id, to: member("to"), text: member("text") });
    }
}

/// Head (in lower case) and body of the first request in `bytes`, taken out of them.
fn whole(bytes: &mut Vec<u8>) -> Option<(String, Vec<u8>)> {
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let length: usize =
        head.lines().find_map(|l| l.strip_prefix("content-length: ")?.trim().parse().ok()).unwrap_or(0);
    if bytes.len() < end + length {
        return None;
    }
    let body = bytes[end..end + length].to_vec();
    bytes.drain(..end + length);
    Some((head, body))
}
