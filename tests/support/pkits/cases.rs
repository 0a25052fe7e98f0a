//! Which case stands in which section of the suite, what is asked beside the default settings, and where our verdict
//! is another than the suite's, with the reason.

/// Number, title, and the names of its cases (without Valid, Invalid and the number).
#[rustfmt::skip]
pub const SECTIONS: &[(&str, &str, &[&str])] = &[
    ("4.1", "Signature Verification", &["CertificatePath", "CASignature", "EESignature", "DSASignatures", "DSAParameterInheritance", "DSASignature"]),
    ("4.2", "Validity Periods", &["CAnotBeforeDate", "EEnotBeforeDate", "pre2000UTCnotBeforeDate", "GeneralizedTimenotBeforeDate", "CAnotAfterDate", "EEnotAfterDate", "pre2000UTCEEnotAfterDate", "GeneralizedTimenotAfterDate"]),
    ("4.3", "Verifying Name Chaining", &["NameChaining", "NameChainingOrder", "NameChainingWhitespace", "NameChainingCapitalization", "NameUIDs", "RFC3280MandatoryAttributeTypes", "RFC3280OptionalAttributeTypes", "UTF8StringEncodedNames", "RolloverfromPrintableStringtoUTF8String", "UTF8StringCaseInsensitiveMatch"]),
    ("4.4", "Basic Certificate Revocation Tests", &["MissingCRL", "RevokedCA", "RevokedEE", "BadCRLSignature", "BadCRLIssuerName", "WrongCRL", "TwoCRLs", "UnknownCRLEntryExtension", "UnknownCRLExtension", "OldCRLnextUpdate", "pre2000CRLnextUpdate", "GeneralizedTimeCRLnextUpdate", "NegativeSerialNumber", "LongSerialNumber", "SeparateCertificateandCRLKeys"]),
    ("4.5", "Paths with Self-Issued Certificates", &["BasicSelfIssuedOldWithNew", "BasicSelfIssuedNewWithOld", "BasicSelfIssuedCRLSigningKey"]),
    ("4.6", "Verifying Basic Constraints", &["MissingbasicConstraints", "cAFalse", "basicConstraintsNotCritical", "pathLenConstraint", "SelfIssuedpathLenConstraint"]),
    ("4.7", "Key Usage", &["keyUsageCriticalkeyCertSignFalse", "keyUsageNotCriticalkeyCertSignFalse", "keyUsageNotCritical", "keyUsageCriticalcRLSignFalse", "keyUsageNotCriticalcRLSignFalse"]),
    ("4.8", "Certificate Policies", &["AllCertificatesNoPolicies", "AllCertificatesSamePolicies", "AllCertificatesanyPolicy", "AnyPolicy", "CPSPointerQualifier", "DifferentPolicies", "OverlappingPolicies", "UserNoticeQualifier"]),
    ("4.9", "Require Explicit Policy", &["requireExplicitPolicy", "SelfIssuedrequireExplicitPolicy"]),
    ("4.10", "Policy Mappings", &["PolicyMapping", "MappingFromanyPolicy", "MappingToanyPolicy"]),
    ("4.11", "Inhibit Policy Mapping", &["inhibitPolicyMapping", "SelfIssuedinhibitPolicyMapping"]),
    ("4.12", "Inhibit Any Policy", &["inhibitAnyPolicy", "SelfIssuedinhibitAnyPolicy"]),
    ("4.13", "Name Constraints", &["DNnameConstraints", "RFC822nameConstraints", "DNandRFC822nameConstraints", "DNSnameConstraints", "URInameConstraints"]),
    ("4.14", "Distribution Points", &["distributionPoint", "NoissuingDistributionPoint", "onlyContainsUserCerts", "onlyContainsCACerts", "onlyContainsAttributeCerts", "onlySomeReasons", "IDPwithindirectCRL", "cRLIssuer"]),
    ("4.15", "Delta-CRLs", &["deltaCRL", "deltaCRLIndicatorNoBase"]),
    ("4.16", "Private Certificate Extensions", &["UnknownNotCriticalCertificateExtension", "UnknownCriticalCertificateExtension"]),
];

/// The suite's policies.
const P1: &str = "2.16.840.1.101.3.2.1.48.1";
const P2: &str = "2.16.840.1.101.3.2.1.48.2";
const P3: &str = "2.16.840.1.101.3.2.1.48.3";
const P6: &str = "2.16.840.1.101.3.2.1.48.6";
const EXPLICIT: &str = "--explicit-policy";

/// Section, case, options, whether the suite calls it valid: the cases that have several, or whose name does not say.
/// A policy is named in the suite with an explicit one demanded, as its certificates or its settings do.
#[rustfmt::skip]
pub const SETTINGS: &[(&str, &str, &[&str], bool)] = &[
    ("4.8", "ValidCertificatePathTest1", &[EXPLICIT], true),
    ("4.8", "ValidCertificatePathTest1", &[EXPLICIT, "--policy", P1], true),
    ("4.8", "ValidCertificatePathTest1", &[EXPLICIT, "--policy", P2], false),
    ("4.8", "ValidCertificatePathTest1", &[EXPLICIT, "--policy", P1, "--policy", P2], true),
    ("4.8", "AllCertificatesNoPoliciesTest2", &[], true),
    ("4.8", "AllCertificatesNoPoliciesTest2", &[EXPLICIT], false),
    ("4.8", "DifferentPoliciesTest3", &[], true),
    ("4.8", "DifferentPoliciesTest3", &[EXPLICIT], false),
    ("4.8", "DifferentPoliciesTest3", &[EXPLICIT, "--policy", P1, "--policy", P2], false),
    ("4.8", "DifferentPoliciesTest4", &[], false),
    ("4.8", "DifferentPoliciesTest5", &[], false),
    ("4.8", "OverlappingPoliciesTest6", &[], true),
    ("4.8", "OverlappingPoliciesTest6", &["--policy", P1], true),
    ("4.8", "OverlappingPoliciesTest6", &["--policy", P2], false),
    ("4.8", "DifferentPoliciesTest7", &[], false),
    ("4.8", "DifferentPoliciesTest8", &[], false),
    ("4.8", "DifferentPoliciesTest9", &[], false),
    ("4.8", "AllCertificatesSamePoliciesTest10", &[], true),
    ("4.8", "AllCertificatesSamePoliciesTest10", &["--policy", P1], true),
    ("4.8", "AllCertificatesSamePoliciesTest10", &["--policy", P2], true),
    ("4.8", "AllCertificatesanyPolicyTest11", &[], true),
    ("4.8", "AllCertificatesanyPolicyTest11", &["--policy", P1], true),
    ("4.8", "DifferentPoliciesTest12", &[], false),
    ("4.8", "AllCertificatesSamePoliciesTest13", &["--policy", P1], true),
    ("4.8", "AllCertificatesSamePoliciesTest13", &["--policy", P2], true),
    ("4.8", "AllCertificatesSamePoliciesTest13", &["--policy", P3], true),
    ("4.8", "AnyPolicyTest14", &["--policy", P1], true),
    ("4.8", "AnyPolicyTest14", &["--policy", P2], false),
    ("4.8", "UserNoticeQualifierTest15", &[], true),
    ("4.8", "UserNoticeQualifierTest16", &[], true),
    ("4.8", "UserNoticeQualifierTest17", &[], true),
    ("4.8", "UserNoticeQualifierTest18", &["--policy", P1], true),
    ("4.8", "UserNoticeQualifierTest18", &["--policy", P2], true),
    ("4.8", "UserNoticeQualifierTest19", &[], true),
    ("4.8", "CPSPointerQualifierTest20", &[EXPLICIT], true),
    ("4.10", "ValidPolicyMappingTest1", &["--policy", P1], true),
    ("4.10", "ValidPolicyMappingTest1", &["--policy", P2], false),
    ("4.10", "ValidPolicyMappingTest1", &["--inhibit-mapping"], false),
    ("4.10", "InvalidPolicyMappingTest2", &["--inhibit-mapping"], false),
    ("4.10", "ValidPolicyMappingTest3", &["--policy", P1], false),
    ("4.10", "ValidPolicyMappingTest3", &["--policy", P2], true),
    ("4.10", "ValidPolicyMappingTest5", &["--policy", P1], true),
    ("4.10", "ValidPolicyMappingTest5", &["--policy", P6], false),
    ("4.10", "ValidPolicyMappingTest6", &["--policy", P1], true),
    ("4.10", "ValidPolicyMappingTest6", &["--policy", P6], false),
    ("4.10", "ValidPolicyMappingTest12", &["--policy", P1], true),
    ("4.10", "ValidPolicyMappingTest12", &["--policy", P2], true),
    ("4.12", "inhibitAnyPolicyTest3", &[], true),
    ("4.12", "inhibitAnyPolicyTest3", &["--inhibit-any"], false),
];

/// Cases whose message has another name than their certificate.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("ValidCertificatePathTest1", "ValidSignaturesTest1"),
    ("InvalidNameChainingTest1", "InvalidNameChainingEETest1"),
    ("ValidNameUIDsTest6", "ValidNameChainingUIDsTest6"),
    ("InvalidMissingCRLTest1", "MissingCRLTest1"),
    ("ValidDNnameConstraintsTest19", "ValidSelfIssuedDNnameConstraintsTest19"),
    ("InvalidDNnameConstraintsTest20", "InvalidSelfIssuedDNnameConstraintsTest20"),
    ("InvalidonlyContainsUserCertsTest11", "InvalidonlyContainsUserCertsCRLTest11"),
    ("InvalidonlyContainsCACertsTest12", "InvalidonlyContainsCACertsCRLTest12"),
    ("ValidonlyContainsCACertsTest13", "ValidonlyContainsCACertsCRLTest13"),
];

pub struct Differs {
    pub name: &'static str,
    /// 0: by the chain, 1: by the message.
    pub ways: &'static [usize],
    pub verdict: &'static str,
    pub why: &'static str,
}

const DSA: &str =
    "DSA is not checked: FIPS 186-5 withdrew it for signing, and no document here is signed with it";

pub const DIFFERS: &[Differs] = &[
    Differs { name: "ValidDSASignaturesTest4", ways: &[0, 1], verdict: "could-not-check", why: DSA },
    Differs {
        name: "ValidDSAParameterInheritanceTest5",
        ways: &[0, 1],
        verdict: "could-not-check",
        why: DSA,
    },
];
