//! A TCP relay that cuts connections after a number of bytes from the kiosk: the line that breaks.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

pub struct Relay {
    pub address: SocketAddr,
    /// Bytes from the kiosk that the next connections may carry, one after the other; what is not
    /// listed is not limited.
    limits: Arc<std::sync::Mutex<Vec<usize>>>,
    pub cuts: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Relay {
    pub async fn to(target: SocketAddr, limits: Vec<usize>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let limits = Arc::new(std::sync::Mutex::new(limits));
        let cuts = Arc::new(AtomicUsize::new(0));
        let (next, count) = (limits.clone(), cuts.clone());
        let task = tokio::spawn(async move {
            while let Ok((kiosk, _)) = listener.accept().await {
                let limit = {
                    let mut limits = next.lock().unwrap();
                    if limits.is_empty() { usize::MAX } else { limits.remove(0) }
                };
                tokio::spawn(carry(kiosk, target, limit, count.clone()));
            }
        });
        Self { address, limits, cuts, task }
    }
}

async fn carry(mut kiosk: TcpStream, target: SocketAddr, mut left: usize, cuts: Arc<AtomicUsize>) {
    // Nobody at the other end: to the kiosk it is a line that is dead at once.
    let Ok(mut portal) = TcpStream::connect(target).await else { return };
    let (mut up, mut down) = (vec![0u8; 4096], vec![0u8; 4096]);
    loop {
        tokio::select! {
            read = kiosk.read(&mut up) => match read {
                Ok(n) if n > 0 => {
                    let pass = n.min(left);
                    if portal.write_all(&up[..pass]).await.is_err() {
                        return;
                    }
                    left -= pass;
                    // A line has a pace: what is cut at once was never read as separate packets.
                    tokio::time::sleep(std::time::Duration::from_millis(2)).await;
                    if left == 0 {
                        cuts.fetch_add(1, Ordering::Relaxed);
                        let _ = portal.shutdown().await;
                        return;
                    }
                }
                _ => return,
            },
            read = portal.read(&mut down) => match read {
                Ok(n) if n > 0 => if kiosk.write_all(&down[..n]).await.is_err() { return },
                _ => return,
            },
        }
    }
}
