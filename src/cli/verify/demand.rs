//! The options that say what a path must allow (RFC 5280 §6.1.1).

use der::asn1::ObjectIdentifier;

use crate::sign::path::{Purpose, Rules};
use crate::sign::policy::Demand;

#[derive(clap::Args)]
pub struct PathRules {
    #[arg(long, value_name = "any|sign|timestamp", value_parser = purpose)]
    purpose: Option<Purpose>,
    #[arg(long, value_name = "OID", value_parser = policy)]
    policy: Vec<ObjectIdentifier>,
    #[arg(long)]
    explicit_policy: bool,
    #[arg(long)]
    inhibit_any: bool,
    #[arg(long)]
    inhibit_mapping: bool,
    #[arg(long)]
    lenient: bool,
    #[arg(long, value_name = "N")]
    max_depth: Option<usize>,
}

impl PathRules {
    /// `usual`: where no purpose is named. `profile`: whether the certificates' form is judged too.
    pub fn rules(&self, usual: Purpose, profile: bool) -> Rules {
        Rules {
            purpose: self.purpose.unwrap_or(usual),
            profile: profile && !self.lenient,
            between: self.max_depth,
            policies: Demand {
                acceptable: self.policy.iter().copied().collect(),
                explicit: self.explicit_policy,
                inhibit_mapping: self.inhibit_mapping,
                inhibit_any: self.inhibit_any,
            },
        }
    }
}

fn purpose(text: &str) -> Result<Purpose, String> {
    match text {
        "any" => Ok(Purpose::Any),
        "sign" => Ok(Purpose::Sign),
        "timestamp" => Ok(Purpose::Timestamp),
        _ => Err("any, sign, timestamp".to_owned()),
    }
}

fn policy(text: &str) -> Result<ObjectIdentifier, String> {
    ObjectIdentifier::new(text).map_err(|_| "1.2.398.3.3.2".to_owned())
}
