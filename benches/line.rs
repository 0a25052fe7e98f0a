//! A line of our own between kiosk and portal: two network namespaces and a veth pair, so that every IP packet of both
//! directions is counted by the kernel, acknowledgements included; with a token bucket for its width and a relay for
//! its delay.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// The kiosk's end and the portal's. The far namespace is called by this name.
pub const NEAR: &str = "10.77.0.1";
pub const FAR: &str = "10.77.0.2";
pub const PORTAL: &str = "portal";
/// What a packet carries at most, and its IP and TCP headers with a timestamp.
const SEGMENT: usize = 1448;
const HEADERS: usize = 52;
/// What the counter adds to each IP packet: an Ethernet header, which a line to a portal has not.
const ETHERNET: u64 = 14;

/// Runs this program again as root of namespaces of its own: what it printed, and where it failed, why.
pub fn enter(args: &[&str]) -> Result<(String, Option<String>), String> {
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    let mut command = Command::new("unshare");
    command.args(["--net", "--mount"]);
    let root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout == b"0\n");
    if !root {
        command.args(["--user", "--map-root-user"]);
    }
    let out = command.arg(program).args(args).stdin(Stdio::null()).output();
    let out = out.map_err(|e| format!("unshare: {e}"))?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    let failed = (!out.status.success()).then(|| format!("{}, {}", out.status, said(&out.stderr)));
    Ok((said(&out.stdout), failed))
}

pub fn run(program: &str, args: &str) -> Result<(), String> {
    let out = Command::new(program).args(args.split(' ')).output().map_err(|e| format!("{program}: {e}"))?;
    if out.status.success() {
        return Ok(());
    }
    Err(format!("{program} {args}: {}", String::from_utf8_lossy(&out.stderr).trim()))
}

/// Lays the line. Segments are cut as on a real line (no offloading), neighbours are known, nothing else speaks.
pub fn lay() -> Result<(), String> {
    run("mount", "-t tmpfs tmpfs /run")?;
    std::fs::create_dir_all("/run/netns").map_err(|e| e.to_string())?;
    run("ip", &format!("netns add {PORTAL}"))?;
    for (within, name, address) in [("", "near", NEAR), (PORTAL, "far", FAR)] {
        let ip = |args: &str| match within {
            "" => run("ip", args),
            space => run("ip", &format!("-n {space} {args}")),
        };
        if within.is_empty() {
            let mac = "address 02:00:00:00:00:0";
            ip(&format!("link add near {mac}1 type veth peer name far {mac}2 netns {PORTAL}"))?;
        }
        // Without an IPv6 address of its own nothing asks for routers.
        ip(&format!("link set {name} addrgenmode none"))?;
        ip("link set lo up")?;
        ip(&format!("addr add {address}/24 dev {name}"))?;
        ip(&format!("link set {name} mtu 1500 gso_max_segs 1 up"))?;
    }
    run("ip", &format!("neigh replace {FAR} lladdr 02:00:00:00:00:02 dev near"))?;
    run("ip", &format!("-n {PORTAL} neigh replace {NEAR} lladdr 02:00:00:00:00:01 dev far"))?;
    std::thread::sleep(Duration::from_millis(300));
    prove()
}

/// A datagram of known size shows what the counter counts.
fn prove() -> Result<(), String> {
    let before = counted()?;
    let socket = UdpSocket::bind((NEAR, 0)).map_err(|e| e.to_string())?;
    // Nobody listens, and nobody has to: an ICMP answer comes back the same way, with 28 bytes around ours.
    socket.send_to(&[0; 100], (FAR, 9)).map_err(|e| e.to_string())?;
    std::thread::sleep(Duration::from_millis(100));
    let seen = counted()?.since(before);
    let (sent, icmp) = (20 + 8 + 100, 20 + 8 + 20 + 8 + 100);
    if seen != (Count { up: sent, down: icmp, packets: 2 }) {
        return Err(format!("the counter is not understood: {seen:?} for one datagram and its answer"));
    }
    Ok(())
}

/// IP packets of both directions on the line so far, and their bytes from the IP header on: to the portal, and back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    pub up: u64,
    pub down: u64,
    pub packets: u64,
}

impl Count {
    pub fn since(self, before: Count) -> Count {
        let Count { up, down, packets } = before;
        Count { up: self.up - up, down: self.down - down, packets: self.packets - packets }
    }
}

pub fn counted() -> Result<Count, String> {
    let text = std::fs::read_to_string("/proc/net/dev").map_err(|e| e.to_string())?;
    let line = text.lines().find_map(|l| l.trim().strip_prefix("near:")).ok_or("no line")?;
    let fields: Vec<u64> = line.split_whitespace().filter_map(|f| f.parse().ok()).collect();
    let [received, received_packets, .., sent, sent_packets, _, _, _, _, _, _] = fields[..] else {
        return Err("/proc/net/dev reads otherwise here".into());
    };
    let (up, down) = (sent - sent_packets * ETHERNET, received - received_packets * ETHERNET);
    Ok(Count { up, down, packets: received_packets + sent_packets })
}

/// Makes the line as wide as this both ways, in bits a second.
pub fn narrow(rate: u32) -> Result<(), String> {
    let bucket = format!("root tbf rate {rate}bit burst 1540 latency 30s");
    run("tc", &format!("qdisc replace dev near {bucket}"))?;
    run("tc", &format!("-n {PORTAL} qdisc replace dev far {bucket}"))
}

pub fn widen() {
    let _ = run("tc", "qdisc del dev near root");
    let _ = run("tc", &format!("-n {PORTAL} qdisc del dev far root"));
}

/// A narrow line's far end: passes TCP on to `to`. A full bucket lets a packet through at once, which a line of so many
/// bits a second does not: here each byte takes the time it has to, and each way is `delay` long. The hello of TCP
/// itself is answered at once, so the first bytes wait once more both ways.
pub fn relay(listen: SocketAddr, to: SocketAddr, rate: u32, delay: Duration) -> Result<SocketAddr, String> {
    let listener = TcpListener::bind(listen).map_err(|e| e.to_string())?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    std::thread::spawn(move || {
        for near in listener.incoming().flatten() {
            std::thread::spawn(move || {
                std::thread::sleep(delay * 2);
                let Ok(far) = TcpStream::connect(to) else { return };
                let (Ok(near2), Ok(far2)) = (near.try_clone(), far.try_clone()) else { return };
                let back = std::thread::spawn(move || pass(far2, near2, rate, delay));
                pass(near, far, rate, delay);
                let _ = back.join();
            });
        }
    });
    Ok(address)
}

fn pass(mut from: TcpStream, mut to: TcpStream, rate: u32, delay: Duration) {
    let _ = (from.set_nodelay(true), to.set_nodelay(true));
    let (send, receive) = mpsc::channel::<(Instant, Vec<u8>)>();
    let writer = std::thread::spawn(move || {
        for (at, bytes) in receive {
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                return;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
    let mut buffer = [0; SEGMENT];
    let mut free = Instant::now();
    while let Ok(n @ 1..) = from.read(&mut buffer) {
        let takes = f64::from((n + HEADERS) as u32) * 8.0 / f64::from(rate);
        free = free.max(Instant::now()) + Duration::from_secs_f64(takes);
        if send.send((free + delay, buffer[..n].to_vec())).is_err() {
            break;
        }
    }
    drop(send);
    let _ = writer.join();
}
