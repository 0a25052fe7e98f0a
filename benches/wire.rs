//! Bytes and time of one letter: 1,000 Kazakh characters, a P-256 signature, no attachment, the keyset held, from the
//! first packet of the connection to the verified receipt. The kiosk's own outbox and client send it to the portal
//! over a line of two network namespaces whose packets are counted.

use std::io::{BufReader, Read as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tereze::clock::Clock;
use tereze::content::Snapshot;
use tereze::domain::statement::{Deployment, Signer, Statement};
use tereze::domain::{Digest, SubmissionId};
use tereze::i18n::Lang;
use tereze::outbox::state::Waits;
use tereze::outbox::{Outbox, Prepared, Status};
use tereze::page::player::Player;
use tereze::portal::client::HttpPortal;
use tereze::portal::held::Held;
use tereze::practice::boot::operator;
use tereze::practice::pki::Pki;
use tereze::private::{Private, Secret};
use tereze::seal::envelope::{self, Contents};
use tereze::seal::visitor::VisitorSecret;
use tereze::server::{Server, Settings};
use tereze::sign::cades::Builder;
use tereze::sign::issue::Identity;
use tereze::store::memory::MemoryShelf;

use super::line::{self, Count};
use super::table::{Row, median};

/// What the portal's side tells the kiosk's side, a line each.
struct World {
    address: SocketAddr,
    held: Held,
    credential: Secret,
    person: Identity,
    clock: Clock,
}

/// Cold and warm bytes: the largest of the rounds counts, for a bar is a bar. Time: the median.
const ROUNDS: usize = 5;
const SLOW_ROUNDS: usize = 3;
const TEXT: &str = include_str!("letter-kk.txt");

/// Bits a second each way, and the delay each way.
const RATE: u32 = 10_000;
const DELAY: Duration = Duration::from_millis(150);
const PAUSE: Duration = Duration::from_secs(2);

/// One letter, as the inner run says it: a line of JSON.
#[derive(Serialize, Deserialize)]
struct Letter {
    /// `cold`, `warm`: a wide line, a new connection or a kept one; `slow`, `slow-warm`: the narrow one.
    kind: String,
    up: u64,
    down: u64,
    packets: u64,
    envelope: usize,
    seconds: f64,
}

pub fn rows(_: &Path, _: &Path) -> Result<Vec<Row>, String> {
    let (text, failed) = line::enter(&["wire-inside"])?;
    let letters: Vec<Letter> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let of = |kind: &str| letters.iter().filter(|l| l.kind == kind).collect::<Vec<_>>();
    let why = || failed.clone().unwrap_or_else(|| format!("nothing was said of it in {text:?}"));
    let largest = |kind: &str| of(kind).into_iter().max_by_key(|l| l.up + l.down).ok_or_else(why);
    let ways = |l: &Letter| format!("{} to the portal, {} back, in {} packets", l.up, l.down, l.packets);
    let (cold, warm) = (largest("cold")?, largest("warm")?);
    let bytes = |name: &str, letter: &Letter, how: &str| {
        let how = format!("{}; the most of {ROUNDS}; {how}", ways(letter));
        Row::new(name, (letter.up + letter.down) as f64, "bytes").how(how)
    };
    let seconds = |name: &str, kind: &str| {
        let letters = of(kind);
        let Some(first) = letters.first() else { return Row::missing(name, why()) };
        let took = median(&mut letters.iter().map(|l| l.seconds).collect::<Vec<_>>());
        let how = format!(
            "median of {SLOW_ROUNDS}; {}; each byte takes 0.8 ms and 150 ms more, each way; so many bytes alone take \
             {:.1} s there and {:.1} s back",
            ways(first),
            line_time(first.up),
            line_time(first.down)
        );
        Row::new(name, took, "s").how(how)
    };
    let what = "IP packets both ways, headers and acknowledgements included, Ethernet's not; 1,000 Kazakh characters, \
                P-256, keyset held, from connect to verified receipt";
    Ok(vec![
        bytes("a letter on a new connection", cold, what).bar(7000.0),
        bytes("a letter on a kept connection", warm, "the next letter"),
        Row::new("of it, the sealed envelope", cold.envelope as f64, "bytes"),
        seconds("a letter at 10 kbit/s, 300 ms", "slow"),
        seconds("the next one at 10 kbit/s, 300 ms", "slow-warm"),
    ])
}

/// Seconds that the narrow line needs for so many bytes.
fn line_time(bytes: u64) -> f64 {
    bytes as f64 * 8.0 / f64::from(RATE)
}

/// The kiosk's side, within the namespaces; prints figures for [`rows`].
pub fn inside() -> Result<(), String> {
    line::lay()?;
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    let mut far = Command::new("ip")
        .args(["netns", "exec", line::PORTAL])
        .arg(program)
        .arg("wire-portal")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("ip: {e}"))?;
    let told = far.stdout.take().ok_or("no output")?;
    let done = world(BufReader::new(told)).and_then(|(world, delayed)| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|e| e.to_string())?;
        runtime.block_on(measure(&world, delayed))
    });
    drop(far.stdin.take());
    let _ = far.wait();
    done
}

async fn measure(world: &World, delayed: SocketAddr) -> Result<(), String> {
    for _ in 0..ROUNDS {
        let kiosk = Kiosk::new(world, world.address).await?;
        say(&kiosk.letter(world, "cold").await?)?;
        say(&kiosk.letter(world, "warm").await?)?;
    }
    line::narrow(RATE)?;
    for _ in 0..SLOW_ROUNDS {
        let kiosk = Kiosk::new(world, delayed).await?;
        for kind in ["slow", "slow-warm"] {
            // The bucket is full again, as between any two letters.
            tokio::time::sleep(PAUSE).await;
            let letter = kiosk.letter(world, kind).await?;
            // Acknowledgements of the receipt are under way when it is verified: a packet or two.
            let least = line_time(letter.up.saturating_sub(200));
            if letter.seconds < least {
                return Err(format!(
                    "{} bytes in {} s: the line is wider than it should be",
                    letter.up, letter.seconds
                ));
            }
            say(&letter)?;
        }
    }
    line::widen();
    Ok(())
}

fn say(letter: &Letter) -> Result<(), String> {
    println!("{}", serde_json::to_string(letter).map_err(|e| e.to_string())?);
    Ok(())
}

/// A kiosk as it stands in a library: enrolled, the keyset held, no connection yet.
struct Kiosk {
    outbox: Outbox,
}

impl Kiosk {
    async fn new(world: &World, address: SocketAddr) -> Result<Self, String> {
        let (held, clock) = (world.held.clone(), world.clock.clone());
        let portal = HttpPortal::new(&format!("https://{address}"), held.clone(), clock.clone());
        let portal = portal.map_err(|e| e.to_string())?;
        let credential = Secret::from_vec(world.credential.bytes().to_vec());
        portal.set_credential(&credential).map_err(|e| e.to_string())?;
        let shelf = Arc::new(MemoryShelf::default());
        let outbox = Outbox::start(shelf, Arc::new(portal), held, clock, Waits::default()).await;
        Ok(Self { outbox: outbox.map_err(|e| e.to_string())? })
    }

    /// Sends one, to the verified receipt.
    async fn letter(&self, world: &World, kind: &str) -> Result<Letter, String> {
        let prepared = prepare(world)?;
        let envelope = prepared.envelope.len();
        let before = line::counted()?;
        let since = Instant::now();
        let id = self.outbox.submit(prepared).await.map_err(|e| e.to_string())?;
        let mut watch = self.outbox.watch(id).ok_or("the outbox lost the letter")?;
        let verified = watch.wait_for(Status::is_final).await.map_err(|e| e.to_string())?.clone();
        let seconds = since.elapsed().as_secs_f64();
        if !matches!(verified, Status::Registered { .. }) {
            return Err(format!("the letter was not registered: {verified:?}"));
        }
        // The last acknowledgement may be delayed; it belongs to the letter.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let Count { up, down, packets } = line::counted()?.since(before);
        Ok(Letter { kind: kind.to_owned(), up, down, packets, envelope, seconds })
    }
}

/// Signs and seals a letter as the kiosk does.
fn prepare(world: &World) -> Result<Prepared, String> {
    let secret = VisitorSecret::generate().map_err(|e| e.to_string())?;
    let statement = statement(world)?;
    let bytes = statement.canonical().map_err(|e| e.to_string())?;
    let der = world.person.certificate.der();
    let now = world.clock.now();
    let signing =
        Builder::new(der, &bytes, now.wall).and_then(Builder::prepare).map_err(|e| e.to_string())?;
    let signature = world.person.sign(signing.to_sign());
    let contents = Contents {
        cms: signing.finish(&signature).map_err(|e| e.to_string())?,
        attachments: vec![],
        lookup_id: secret.lookup_id(),
        access_hash: secret.access_hash(),
        code_hash: secret.code_hash(),
        reply_key: secret.reply_key(),
    };
    let key = world.held.seal_key().map_err(|e| e.to_string())?;
    let sealed = envelope::seal(&contents, statement.submission, &key).map_err(|e| e.to_string())?;
    let submission = statement.submission;
    Ok(Prepared { submission, statement: Digest::of(&bytes), envelope: sealed, reserved: None })
}

/// A complaint about water to an akimat, as the form's player makes it of a visitor's answers.
fn statement(world: &World) -> Result<Statement, String> {
    let content = Snapshot::embedded().map_err(|e| e.to_string())?;
    let mut player = Player::new("letter", content).ok_or("no letter form")?;
    let text: String = TEXT.trim().chars().take(1000).collect();
    if text.chars().count() != 1000 {
        return Err("the letter's text has not 1,000 characters".into());
    }
    let chosen = [
        ("letter.sign", "card"),
        ("letter.topic", "water"),
        ("letter.region", "kz-11"),
        ("letter.want", "complaint"),
        ("letter.who", "self"),
        ("letter.has-iin", "yes"),
    ];
    let fits = chosen.iter().all(|(field, option)| player.choose(field, option))
        && player.set_body("letter.body", "akimat-kz-11")
        && player.set_text("letter.phone", "+7 700 000 00 00")
        && player.set_text("letter.text", &text)
        && player.tick("letter.truth", true);
    if !fits {
        return Err("the letter's form asks otherwise".into());
    }
    let owner = world.person.certificate.owner();
    let signer = Signer { name: owner.name.clone(), iin: owner.iin.clone(), bin: None };
    player.set_owner(Some(Private::new(owner)));
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|e| e.to_string())?;
    let deployment = Deployment { audience: world.held.audience(), practice: true };
    let now = world.clock.now().wall;
    let statement = player.statement(Lang::Kk, signer, deployment, SubmissionId(random), now);
    let statement = statement.map_err(|e| e.to_string())?;
    statement.validate(&deployment, content).map_err(|e| e.to_string())?;
    Ok(statement)
}

/// The portal's side, in its own namespace: a portal, and a relay that delays each way by 150 ms. Ends with its input.
pub fn portal() -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
    let clock = Clock::system();
    let pki = Pki::generate(clock.now().wall).map_err(|e| e.to_string())?;
    let person = pki.people.first().ok_or("nobody")?.identity.to_pem().map_err(|e| e.to_string())?;
    let settings = Settings {
        listen: SocketAddr::new(line::FAR.parse().map_err(|_| "address")?, 0),
        names: vec![],
        data: None,
        practice: true,
        operator: operator(),
        received_by: None,
        citizens: pki.trust,
        content: Snapshot::embedded().map_err(|e| e.to_string())?,
        clock,
    };
    runtime.block_on(async {
        let server = Server::bind(settings).await.map_err(|e| e.to_string())?;
        let app = server.app().clone();
        let code = app.invite().await.map_err(|e| e.to_string())?;
        let enrolled = app.enrol(&code, "bench").await.map_err(|e| e.to_string())?;
        let (_, credential) = enrolled.ok_or("not enrolled")?;
        let address = server.address();
        let delayed = line::relay(SocketAddr::new(address.ip(), 0), address, RATE, DELAY)?;
        println!("{address}\n{delayed}\n{}", hex::encode(app.deployment.root));
        println!(
            "{}\n{}\n{}",
            hex::encode(&app.deployment.signed),
            &*credential,
            hex::encode(person.as_bytes())
        );
        let (stop, stopped) = tokio::sync::watch::channel(false);
        std::thread::spawn(move || {
            let _ = std::io::stdin().read(&mut [0]);
            stop.send_replace(true);
        });
        server.run(stopped).await.map_err(|e| e.to_string())
    })
}

fn world(mut told: impl std::io::BufRead) -> Result<(World, SocketAddr), String> {
    let mut line = || {
        let mut text = String::new();
        told.read_line(&mut text).map_err(|e| e.to_string())?;
        Ok::<_, String>(text.trim().to_owned())
    };
    let address = line()?.parse().map_err(|_| "the portal did not start")?;
    let delayed = line()?.parse().map_err(|_| "no relay")?;
    let bytes = |text: String| hex::decode(text).map_err(|e| e.to_string());
    let root = bytes(line()?)?.try_into().map_err(|_| "no root")?;
    let signed = bytes(line()?)?;
    let credential = Secret::from_vec(line()?.into_bytes());
    let person = Identity::from_pem(&bytes(line()?)?).map_err(|e| e.to_string())?;
    let clock = Clock::system();
    let held = Held::new(root, &signed, clock.clone()).map_err(|e| e.to_string())?;
    Ok((World { address, held, credential, person, clock }, delayed))
}
