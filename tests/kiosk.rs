//! The kiosk as a visitor uses it, without a window: the real application, the real practice
//! portal and the practice card; taps by semantic id.

#[path = "support/display.rs"]
mod display;
#[path = "support/office.rs"]
mod office;
#[path = "support/openssl_ca.rs"]
#[allow(dead_code)]
mod openssl_ca;
#[path = "support/phone.rs"]
mod phones;
#[path = "support/port.rs"]
#[allow(dead_code)]
mod port;
#[path = "support/portal/relay.rs"]
#[allow(dead_code)]
mod relay;
#[path = "kiosk/revoked.rs"]
mod revoked;
#[path = "kiosk/scanner.rs"]
mod scanner;
#[path = "../benches/screen.rs"]
#[allow(dead_code)]
mod screen;
#[path = "support/storm.rs"]
mod storm;
#[path = "support/kiosk.rs"]
mod support;
#[path = "kiosk/visit.rs"]
mod visit;
#[path = "support/web.rs"]
#[allow(dead_code)]
mod web;

#[path = "kiosk/assist.rs"]
mod assist;
#[path = "kiosk/check.rs"]
mod check;
#[path = "kiosk/check_line.rs"]
mod check_line;
#[path = "kiosk/check_paper.rs"]
mod check_paper;
#[path = "kiosk/flow.rs"]
mod flow;
#[path = "kiosk/keyfile.rs"]
mod keyfile;
#[path = "kiosk/keyfile_own.rs"]
mod keyfile_own;
#[path = "kiosk/later.rs"]
mod later;
#[path = "kiosk/leaving.rs"]
mod leaving;
#[path = "kiosk/lessons.rs"]
mod lessons;
#[path = "kiosk/phone.rs"]
mod phone;
#[path = "kiosk/phone_own.rs"]
mod phone_own;
#[path = "kiosk/printing.rs"]
mod printing;
#[path = "kiosk/receipt.rs"]
mod receipt;
#[path = "kiosk/signed_back.rs"]
mod signed_back;
#[path = "kiosk/signing.rs"]
mod signing;
#[path = "kiosk/sounds.rs"]
mod sounds;
#[path = "kiosk/staff.rs"]
mod staff;
#[path = "kiosk/stored.rs"]
mod stored;
#[path = "kiosk/tell.rs"]
mod tell;
#[path = "kiosk/track.rs"]
mod track;
#[path = "kiosk/track_asked.rs"]
mod track_asked;
#[path = "kiosk/track_further.rs"]
mod track_further;
#[path = "kiosk/track_life.rs"]
mod track_life;
#[path = "kiosk/ways_out.rs"]
mod ways_out;
#[path = "kiosk/window.rs"]
mod window;
