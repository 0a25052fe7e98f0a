//! What signatures cost, by algorithm: a letter's CMS with its chain (root, authority, signer: three signatures), and a
//! signature alone. Beside OpenSSL and its gost engine: the same files, in loops of their own (`openssl.c`), turn by turn.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tereze::clock::{Clock, Moment, Reading};
use tereze::sign::algorithm::Check;
use tereze::sign::cades::Builder;
use tereze::sign::certificate::Certificate;
use tereze::sign::key::SigningKey;
use tereze::sign::trust::{CITIZEN, Trust};
use tereze::sign::{Question, judge, pem};

use crate::table::{Row, median, percentile};

const PEER: &str = include_str!("openssl.c");
const LETTER: &str = include_str!("letter-kk.txt");
const ENGINE: &str =
    "openssl_conf=o\n[o]\nengines=e\n[e]\ngost=g\n[g]\nengine_id=gost\ndefault_algorithms=ALL\n";
const ISSUES: &str = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n\
                      subjectKeyIdentifier=hash\n";
const SIGNS: &str = "keyUsage=critical,digitalSignature,nonRepudiation\nsubjectKeyIdentifier=hash\n\
                     authorityKeyIdentifier=keyid\n";
/// Turns, ours and theirs; the median of them stands.
const TURNS: usize = 5;
/// At most as many times what the engine takes.
const GOST_512_BAR: f64 = 3.0;

struct Kind {
    name: &'static str,
    /// `openssl genpkey`
    key: &'static [&'static str],
    /// `-` is the key's own.
    digest: &'static str,
    pss: bool,
}

const KINDS: [Kind; 6] = [
    Kind {
        name: "RSA-2048",
        key: &["RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        digest: "sha256",
        pss: false,
    },
    Kind {
        name: "RSA-2048 PSS",
        key: &["RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        digest: "sha256",
        pss: true,
    },
    Kind { name: "P-256", key: &["EC", "-pkeyopt", "ec_paramgen_curve:P-256"], digest: "sha256", pss: false },
    Kind { name: "P-384", key: &["EC", "-pkeyopt", "ec_paramgen_curve:P-384"], digest: "sha384", pss: false },
    Kind { name: "GOST-256", key: &["gost2012_256", "-pkeyopt", "paramset:TCA"], digest: "-", pss: false },
    Kind { name: "GOST-512", key: &["gost2012_512", "-pkeyopt", "paramset:A"], digest: "-", pss: false },
];

pub fn rows(_tereze: &Path, scratch: &Path) -> Result<Vec<Row>, String> {
    let folder = scratch.join("trust");
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    let bench = Bench(&folder);
    bench.write("gost.cnf", ENGINE)?;
    bench.write("doc", LETTER)?;
    let mut compiler = Command::new("cc");
    compiler.args(["-O2", "-w", "-x", "c", "-", "-o", "peer", "-lcrypto"]);
    let mut compiler =
        compiler.current_dir(&folder).stdin(Stdio::piped()).spawn().map_err(|e| e.to_string())?;
    compiler.stdin.take().ok_or("cc")?.write_all(PEER.as_bytes()).map_err(|e| e.to_string())?;
    if !compiler.wait().map_err(|e| e.to_string())?.success() {
        return Err("cc cannot build the peer (packaging/setup.sh bench)".into());
    }
    let found = KINDS.iter().map(|kind| {
        let rows = bench.rows(kind);
        rows.unwrap_or_else(|why| vec![Row::missing(format!("signatures, {}", kind.name), why)])
    });
    Ok(found.flatten().collect())
}

struct Bench<'a>(&'a Path);

impl Bench<'_> {
    fn write(&self, name: &str, text: &str) -> Result<(), String> {
        std::fs::write(self.0.join(name), text).map_err(|e| e.to_string())
    }

    fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.0.join(name)).map_err(|e| format!("{name}: {e}"))
    }

    /// What the program printed.
    fn run(&self, program: &Path, arguments: &[&str]) -> Result<String, String> {
        let mut command = Command::new(program);
        let command =
            command.args(arguments).current_dir(self.0).env("OPENSSL_CONF", self.0.join("gost.cnf"));
        let out = command.output().map_err(|e| format!("{}: {e}", program.display()))?;
        if !out.status.success() {
            return Err(format!("{arguments:?}: {}", String::from_utf8_lossy(&out.stderr).trim()));
        }
        Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
    }

    fn openssl(&self, arguments: &[&str]) -> Result<(), String> {
        self.run(Path::new("openssl"), arguments).map(drop)
    }

    /// `root.pem`, `sub.pem`, `leaf.pem` with their keys, and the letter as `cms`.
    fn family(&self, kind: &Kind) -> Result<(), String> {
        let pss: &[&str] = if kind.pss {
            &["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"]
        } else {
            &[]
        };
        for (name, issuer, extensions) in
            [("root", "root", ISSUES), ("sub", "root", ISSUES), ("leaf", "sub", SIGNS)]
        {
            let of = |end: &str| format!("{name}.{end}");
            let (key, csr, ext, out) = (of("key"), of("csr"), of("ext"), of("pem"));
            self.write(&ext, extensions)?;
            self.openssl(&[&["genpkey", "-out", &key, "-algorithm"], kind.key].concat())?;
            let subject = format!("/C=KZ/CN={name}");
            self.openssl(&["req", "-new", "-key", &key, "-subj", &subject, "-out", &csr])?;
            let (ca, ca_key) = (format!("{issuer}.pem"), format!("{issuer}.key"));
            let issued: &[&str] = if name == issuer {
                &["-signkey", &key]
            } else {
                &["-CA", &ca, "-CAkey", &ca_key, "-CAcreateserial"]
            };
            let usual = ["x509", "-req", "-in", &csr, "-extfile", &ext, "-days", "30", "-out", &out];
            let digest = (kind.digest != "-").then(|| format!("-{}", kind.digest));
            let digest: Vec<&str> = digest.as_deref().into_iter().collect();
            self.openssl(&[&usual[..], issued, pss, &digest].concat())?;
        }
        let mut usual = vec!["cms", "-sign", "-binary", "-nodetach", "-cades", "-outform", "DER"];
        usual.extend(["-in", "doc", "-out", "cms", "-signer", "leaf.pem", "-inkey", "leaf.key"]);
        usual.extend(["-certfile", "sub.pem"]);
        if kind.pss {
            usual.extend(["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:32"]);
        }
        self.openssl(&usual)
    }

    /// Microseconds, ours and theirs; each in turn.
    fn beside(&self, peer: &[&str], ours: &mut dyn FnMut() -> bool) -> Result<[f64; 2], String> {
        let (mut own, mut others) = (vec![], vec![]);
        for _ in 0..TURNS {
            own.push(times(ours)?);
            let said = self.run(&self.0.join("peer"), peer)?;
            others.push(said.parse().map_err(|_| format!("no figure: {said}"))?);
        }
        Ok([median(&mut own), median(&mut others)])
    }

    fn rows(&self, kind: &Kind) -> Result<Vec<Row>, String> {
        self.family(kind)?;
        let certificate = |name: &str| one(&self.read(name)?).ok_or_else(|| name.to_owned());
        let (leaf, sub) = (certificate("leaf.pem")?, certificate("sub.pem")?);
        let mut trust = Trust::new();
        trust.load(CITIZEN, &self.read("root.pem")?).map_err(|e| e.to_string())?;
        let (cms, at) = (self.read("cms")?, Clock::system().now());
        let gost = kind.digest == "-";
        let peer = if gost { "gost-engine" } else { "OpenSSL" };
        let row = |what: &str, [own, other]: [f64; 2], how: &str| {
            let how = format!(
                "{how}; median of {TURNS} turns, ours and theirs, each the tenth fastest of a hundred in its loop"
            );
            let row = Row::new(format!("{what}, {}", kind.name), own, "µs").peer(peer, other).how(how);
            let barred = kind.name == "GOST-512" && what == VERIFY;
            if barred { row.bar(GOST_512_BAR * other) } else { row }
        };
        let found = self.beside(&["verify", "root.pem", "cms"], &mut || valid(&cms, &trust, at))?;
        let mut rows = vec![row(VERIFY, found, "an attached CAdES file read and judged: three signatures")];
        let mut whole = || leaf.signed_by(&sub) == Check::Good;
        let found = self.beside(&["raw-verify", "leaf.pem", "sub.pem"], &mut whole)?;
        rows.push(row("verify a signature", found, "that of a certificate"));
        // Nothing is signed by PSS here.
        if kind.pss {
            return Ok(rows);
        }
        let block = pem::blocks(&self.read("leaf.key")?, &["PRIVATE KEY"]).and_then(|mut b| b.pop());
        let key = block.and_then(|b| SigningKey::from_pkcs8(&b.der)).ok_or("the key is not read")?;
        let doc = self.read("doc")?;
        let mut make = || signed(&leaf, &sub, &doc, at.wall, &key).is_some();
        let found = self.beside(&["sign", "leaf.pem", "leaf.key", "sub.pem", "doc"], &mut make)?;
        rows.push(row("sign a CMS", found, "the same letter; ours checks what it made"));
        let mut make = || key.sign(leaf.key(), &doc).is_some();
        let found = self.beside(&["raw-sign", "leaf.key", kind.digest, "doc"], &mut make)?;
        rows.push(row("make a signature", found, "of the letter's bytes"));
        Ok(rows)
    }
}

const VERIFY: &str = "verify a CMS with its chain";

fn one(pem: &[u8]) -> Option<Certificate> {
    Certificate::from_file(pem).ok()?.pop()
}

fn valid(cms: &[u8], trust: &Trust, at: Reading) -> bool {
    judge(cms, &Question::new(trust, at)).is_valid()
}

fn signed(
    leaf: &Certificate,
    sub: &Certificate,
    doc: &[u8],
    at: Moment,
    key: &SigningKey,
) -> Option<Vec<u8>> {
    let builder = Builder::new(leaf.der(), doc, at).ok()?.with_intermediate(sub.clone());
    builder.prepare().ok()?.sign_with(key).ok()
}

/// The tenth fastest of a hundred runs, in microseconds: another program on the machine changes it least. A run that fails
/// is an error.
fn times(work: &mut dyn FnMut() -> bool) -> Result<f64, String> {
    let (begin, mut took) = (Instant::now(), vec![]);
    while took.len() < 20 || (took.len() < 4096 && begin.elapsed() < Duration::from_millis(300)) {
        let since = Instant::now();
        if !work() {
            return Err("what was signed does not hold".into());
        }
        took.push(since.elapsed().as_secs_f64() * 1e6);
    }
    Ok(percentile(&mut took, 0.1))
}
