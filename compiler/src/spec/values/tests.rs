//! What each small value takes and refuses, and that it prints back to what it was.

use proptest::prelude::*;

use super::{
    AccountId, Arn, Cidr, Cpu, Cron, Digest, Duration, FileMode, HostName, ImageReference, MaintenanceWindow,
    MemorySize, Name, Percent, Scalar, VariableName,
};

fn takes<T: Scalar>(texts: &[&str]) {
    for text in texts {
        assert!(T::parse(text).is_some(), "{} should take `{text}`", T::NAME);
    }
    assert_eq!(T::parse(T::EXAMPLE).map(|value| value.to_string()).as_deref(), Some(T::EXAMPLE), "{}", T::NAME);
}

fn refuses<T: Scalar>(texts: &[&str]) {
    for text in texts {
        assert!(T::parse(text).is_none(), "{} should refuse `{text}`", T::NAME);
    }
}

#[test]
fn names() {
    takes::<Name>(&["a", "web", "web-2", &"a".repeat(32)]);
    refuses::<Name>(&["", "Web", "2web", "-a", "a-", "a_b", "a.b", "ä", &"a".repeat(33)]);
    takes::<VariableName>(&["A", "_a", "LOG_LEVEL2"]);
    refuses::<VariableName>(&["", "2A", "A-B", "A B", "Ä"]);
    takes::<HostName>(&["localhost", "a.b-c.example", "*.example.com"]);
    refuses::<HostName>(&["", "A.example", "a..b", "-a.example", "a-.example", "*", "a.*.example", &"a".repeat(64)]);
    takes::<FileMode>(&["0400", "0755"]);
    refuses::<FileMode>(&["644", "0888", "00644", "rw-r--r--"]);
}

#[test]
fn references() {
    takes::<AccountId>(&["000000000000"]);
    refuses::<AccountId>(&["11112222333", "1111222233334", "11112222333a"]);
    takes::<Arn>(&["arn:aws:s3:::bucket", "arn:aws-cn:iam::111122223333:role/a:b", "arn:aws:iam::aws:policy/x"]);
    refuses::<Arn>(&[
        "",
        "arn:aws:s3:::",
        "arn:aws::eu-west-1:111122223333:x",
        "arn:aws:s3",
        "arn:x:s3:::b",
        "arn:aws:sns:r:1:x",
    ]);
    refuses::<Digest>(&[
        "sha256:",
        "sha512:00",
        &format!("sha256:{}", "G".repeat(64)),
        &format!("sha256:{}", "A".repeat(64)),
    ]);
    takes::<Digest>(&[]);
}

#[test]
fn an_arn_has_parts() {
    let arn = Arn::parse("arn:aws:acm:eu-west-1:111122223333:certificate/a:b").unwrap();
    assert_eq!(
        (arn.partition(), arn.service(), arn.region(), arn.resource()),
        ("aws", "acm", "eu-west-1", "certificate/a:b")
    );
}

#[test]
fn an_image_reference_has_parts() {
    let digest = format!("sha256:{}", "0".repeat(64));
    for (text, registry, repository, tag, pinned) in [
        ("nginx", "docker.io", "nginx", None, false),
        ("library/nginx:1", "docker.io", "library/nginx", Some("1"), false),
        ("localhost:5000/a/b:c", "localhost:5000", "a/b", Some("c"), false),
        (&format!("ghcr.io/acme/shop:1.4@{digest}"), "ghcr.io", "acme/shop", Some("1.4"), true),
    ] {
        let image = ImageReference::parse(text).unwrap_or_else(|| panic!("{text} is an image"));
        assert_eq!((image.registry(), image.repository(), image.tag()), (registry, repository, tag), "{text}");
        assert_eq!(image.digest().is_some(), pinned, "{text}");
    }
    refuses::<ImageReference>(&["", "a:", "a:b:c", "A/b", "a//b", "a/", "nginx@sha256:0", "ghcr.io/", "a b"]);
}

#[test]
fn times() {
    takes::<Cron>(&["*/5 * * * *", "0 0 1,15 * 1-5", "0 3 * jan mon", "59 23 31 12 7"]);
    refuses::<Cron>(&[
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "*/0 * * * *",
        "mon * * * *",
    ]);
    takes::<MaintenanceWindow>(&["mon:00:00-tue:23:59"]);
    refuses::<MaintenanceWindow>(&[
        "sun:03:00",
        "sun:3:00-sun:4:00",
        "son:03:00-sun:04:00",
        "sun:03:00-sun:03:00",
        "sun:24:00-mon:01:00",
    ]);
    takes::<Duration>(&["0s", "90m", "14d"]);
    refuses::<Duration>(&["", "5", "1w", "-1s", "1.5h", "+1s", "999999999d"]);
    assert_eq!(Duration::parse("90m").map(|time| time.to_string()).as_deref(), Some("90m"));
    assert_eq!(Duration::parse("120m").map(|time| time.to_string()).as_deref(), Some("2h"));
}

#[test]
fn amounts() {
    takes::<MemorySize>(&["1Mi", "4Gi", "1Ti"]);
    refuses::<MemorySize>(&["", "0Mi", "4G", "4", "4 Gi", "1.5Gi", "99999999Ti"]);
    takes::<Cpu>(&["1", "0.5", "2.125", "250m"]);
    refuses::<Cpu>(&["", "0", "0m", "-1", "1.0001", "1.", ".5", "one"]);
    assert_eq!(Cpu::parse("0.5"), Cpu::parse("500m"));
    takes::<Percent>(&["0%", "100%", "0.125%"]);
    refuses::<Percent>(&["", "1", "101%", "1 %", "-1%", "1.0001%"]);
}

#[test]
fn ranges() {
    takes::<Cidr>(&["0.0.0.0/0", "192.168.1.1/32"]);
    refuses::<Cidr>(&["", "10.0.0.0", "10.0.0.1/16", "10.0.0.0/33", "10.0.0/16", "::/0"]);
    let range = Cidr::parse("10.0.0.0/16").unwrap();
    assert_eq!(range.part(18, 3).map(|part| part.to_string()).as_deref(), Some("10.0.192.0/18"));
    assert_eq!(range.part(18, 4), None);
    assert_eq!(range.part(8, 0), None);
}

proptest! {
    #[test]
    fn what_prints_reads_back(seconds in 0..u32::MAX, mebibytes in 1..u32::MAX, thousandths in 1..u32::MAX, share in 0..=100_000_u32) {
        prop_assert_eq!(Duration::parse(&Duration(seconds).to_string()), Some(Duration(seconds)));
        prop_assert_eq!(MemorySize::parse(&MemorySize(mebibytes).to_string()), Some(MemorySize(mebibytes)));
        prop_assert_eq!(Cpu::parse(&Cpu(thousandths).to_string()), Some(Cpu(thousandths)));
        prop_assert_eq!(Percent::parse(&Percent(share).to_string()), Some(Percent(share)));
    }

    #[test]
    fn no_text_breaks_a_value(text in "\\PC{0,40}") {
        let _ = (Name::parse(&text), Arn::parse(&text), Cidr::parse(&text), Cpu::parse(&text), Cron::parse(&text));
        let _ = (Duration::parse(&text), ImageReference::parse(&text), MaintenanceWindow::parse(&text), Percent::parse(&text));
    }
}
