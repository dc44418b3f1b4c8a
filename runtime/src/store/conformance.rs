//! What every store must do: one suite, run against each of them.
//!
//! [`run_all`] takes a function that gives an empty store, and runs every behaviour on one of its own. Each behaviour is a
//! function that gives `Err` with what went wrong, so that a test can also show that a bad store does not pass.

use std::{collections::BTreeSet, sync::Arc};

use crate::store::{Condition, Etag, Key, Store, StoreError, StoreErrorKind};

/// What a store did wrong, in one sentence.
pub type Verdict = Result<(), String>;

/// How many contend for one object.
const CONTENDERS: usize = 8;
/// How many increments each of them makes.
const INCREMENTS: usize = 25;

/// Runs every behaviour, each on a fresh store.
///
/// # Errors
/// The first behaviour that a store does not have, by name, with what it did instead.
pub async fn run_all(mut make: impl FnMut() -> Arc<dyn Store>) -> Verdict {
    let named = |name: &'static str| move |problem| format!("{name}: {problem}");
    reads_what_was_written(&*make()).await.map_err(named("reads_what_was_written"))?;
    creates_once(&*make()).await.map_err(named("creates_once"))?;
    replaces_on_a_match(&*make()).await.map_err(named("replaces_on_a_match"))?;
    refuses_what_is_missing(&*make()).await.map_err(named("refuses_what_is_missing"))?;
    deletes_on_a_match(&*make()).await.map_err(named("deletes_on_a_match"))?;
    takes_any_bytes(&*make()).await.map_err(named("takes_any_bytes"))?;
    takes_any_key(&*make()).await.map_err(named("takes_any_key"))?;
    is_file_and_folder(&*make()).await.map_err(named("is_file_and_folder"))?;
    lists_in_byte_order(&*make()).await.map_err(named("lists_in_byte_order"))?;
    lists_by_prefix(&*make()).await.map_err(named("lists_by_prefix"))?;
    lists_in_pages(&*make()).await.map_err(named("lists_in_pages"))?;
    one_creator_wins(make()).await.map_err(named("one_creator_wins"))?;
    loses_no_update(make()).await.map_err(named("loses_no_update"))?;
    reads_whole_objects(make()).await.map_err(named("reads_whole_objects"))
}

/// A put object is read back with its bytes and the version that the put gave; another key is not there.
///
/// # Errors
/// What the store did instead.
pub async fn reads_what_was_written(store: &dyn Store) -> Verdict {
    expect(get(store, "a/b.json").await?.is_none(), "an empty store has an object")?;
    let etag = put(store, "a/b.json", b"one", &Condition::Absent).await?;
    let object = get(store, "a/b.json").await?.ok_or("what was written is not there")?;
    expect(object == (b"one".to_vec(), etag), "other bytes or another version than what was written")?;
    expect(get(store, "a/b").await?.is_none(), "a key's beginning is an object")?;
    expect(get(store, "a/b.json/c").await?.is_none(), "there is something below an object")
}

/// A create-only put of what is there is refused with 412, and changes nothing.
///
/// # Errors
/// What the store did instead.
pub async fn creates_once(store: &dyn Store) -> Verdict {
    let etag = put(store, "a", b"one", &Condition::Absent).await?;
    refused(store.put(&key("a")?, b"two", &Condition::Absent).await, StoreErrorKind::Precondition)?;
    refused(store.put(&key("a")?, b"one", &Condition::Absent).await, StoreErrorKind::Precondition)?;
    expect(get(store, "a").await? == Some((b"one".to_vec(), etag)), "a refused create changed the object")
}

/// An if-match put replaces the version it names, gives another version, and is refused with 412 for any other.
///
/// # Errors
/// What the store did instead.
pub async fn replaces_on_a_match(store: &dyn Store) -> Verdict {
    let first = put(store, "a/b", b"one", &Condition::Absent).await?;
    let second = put(store, "a/b", b"two", &Condition::Matches(first.clone())).await?;
    expect(first != second, "other bytes have the same version")?;
    refused(store.put(&key("a/b")?, b"three", &Condition::Matches(first)).await, StoreErrorKind::Precondition)?;
    let foreign = Condition::Matches(Etag("no version of this object".into()));
    refused(store.put(&key("a/b")?, b"three", &foreign).await, StoreErrorKind::Precondition)?;
    expect(get(store, "a/b").await? == Some((b"two".to_vec(), second)), "a refused put changed the object")
}

/// An if-match put or a delete of what is not there is refused with 404, not 412, and makes nothing.
///
/// # Errors
/// What the store did instead.
pub async fn refuses_what_is_missing(store: &dyn Store) -> Verdict {
    let etag = put(store, "a", b"one", &Condition::Absent).await?;
    refused(store.put(&key("b")?, b"two", &Condition::Matches(etag.clone())).await, StoreErrorKind::Missing)?;
    refused(store.delete(&key("b")?, &etag).await, StoreErrorKind::Missing)?;
    refused(store.delete(&key("b/c")?, &etag).await, StoreErrorKind::Missing)?;
    expect(get(store, "b").await?.is_none(), "a refused put made an object")
}

/// A delete removes the version it names and no other; afterwards the key can be created again.
///
/// # Errors
/// What the store did instead.
pub async fn deletes_on_a_match(store: &dyn Store) -> Verdict {
    let first = put(store, "a/b", b"one", &Condition::Absent).await?;
    let second = put(store, "a/b", b"two", &Condition::Matches(first.clone())).await?;
    refused(store.delete(&key("a/b")?, &first).await, StoreErrorKind::Precondition)?;
    expect(get(store, "a/b").await?.is_some(), "a refused delete removed the object")?;
    store.delete(&key("a/b")?, &second).await.map_err(|error| error.to_string())?;
    expect(get(store, "a/b").await?.is_none(), "a deleted object is there")?;
    expect(list(store, "", None, 10).await?.0.is_empty(), "a deleted object is listed")?;
    refused(store.delete(&key("a/b")?, &second).await, StoreErrorKind::Missing)?;
    put(store, "a/b", b"three", &Condition::Absent).await.map(drop)
}

/// Bytes are bytes: none at all, all 256 of them, and a few megabytes.
///
/// # Errors
/// What the store did instead.
pub async fn takes_any_bytes(store: &dyn Store) -> Verdict {
    let large: Vec<u8> = (0..3_000_000_u32).map(|number| number.to_le_bytes()[0]).collect();
    for (name, body) in [("none", &[][..]), ("all", &large[..256]), ("many", &large[..])] {
        let etag = put(store, name, body, &Condition::Absent).await?;
        expect(get(store, name).await? == Some((body.to_vec(), etag)), "other bytes are read than were written")?;
    }
    Ok(())
}

/// Keys of one segment and of many, long ones, and names that a file system could take for its own.
///
/// # Errors
/// What the store did instead.
pub async fn takes_any_key(store: &dyn Store) -> Verdict {
    let long = ["s"; 4].map(|letter| letter.repeat(120)).join("/");
    let names =
        ["a", ".hidden", "...", "a..b", "-", "A", "local", "local/x/y", "trust/root.1.json", "x.lock", "x.tmp", &long];
    for name in names {
        put(store, name, name.as_bytes(), &Condition::Absent).await?;
    }
    for name in names {
        let body = get(store, name).await?.map(|(body, _)| body);
        expect(body.as_deref() == Some(name.as_bytes()), &format!("`{name}` is not what was written"))?;
    }
    let mut sorted = names.map(str::to_owned);
    sorted.sort_unstable();
    expect(list(store, "", None, 100).await?.0 == sorted, "the keys are not all listed")
}

/// A key may begin like another one and go on after a `/`, whichever was there first.
///
/// # Errors
/// What the store did instead.
pub async fn is_file_and_folder(store: &dyn Store) -> Verdict {
    for names in [["a", "a/b", "a/b/c"], ["d/e/f", "d/e", "d"]] {
        for name in names {
            let first = put(store, name, b"", &Condition::Absent).await?;
            put(store, name, name.as_bytes(), &Condition::Matches(first)).await?;
        }
    }
    let all = ["a", "a/b", "a/b/c", "d", "d/e", "d/e/f"];
    expect(list(store, "", None, 100).await?.0 == all, "not every object is listed")?;
    for name in all {
        let (body, etag) = get(store, name).await?.ok_or_else(|| format!("`{name}` is not there"))?;
        expect(body == name.as_bytes(), &format!("`{name}` has another one's bytes"))?;
        store.delete(&key(name)?, &etag).await.map_err(|error| error.to_string())?;
        expect(get(store, name).await?.is_none(), &format!("`{name}` is there after its deletion"))?;
    }
    expect(list(store, "", None, 100).await?.0.is_empty(), "something is left")
}

/// A listing is in the byte order of whole keys, in which `-` and `.` come before `/`.
///
/// # Errors
/// What the store did instead.
pub async fn lists_in_byte_order(store: &dyn Store) -> Verdict {
    let sorted = ["a", "a-b", "a.b", "a/b", "a/b-c", "a/b/c", "a0", "aB", "ab"];
    for name in sorted.iter().rev() {
        put(store, name, b"x", &Condition::Absent).await?;
    }
    expect(list(store, "", None, 100).await?.0 == sorted, "the keys are not in byte order")?;
    for (place, name) in sorted.iter().enumerate() {
        let rest = sorted.get(place + 1..).unwrap_or_default();
        expect(list(store, "", Some(name), 100).await?.0 == rest, &format!("wrong keys after `{name}`"))?;
    }
    Ok(())
}

/// A prefix is any text, not only whole segments, and need not be a key.
///
/// # Errors
/// What the store did instead.
pub async fn lists_by_prefix(store: &dyn Store) -> Verdict {
    for name in ["ab/c", "ab/cd", "ab/cd/e", "abc/d", "b"] {
        put(store, name, b"x", &Condition::Absent).await?;
    }
    let cases: [(&str, &[&str]); 9] = [
        ("ab", &["ab/c", "ab/cd", "ab/cd/e", "abc/d"]),
        ("ab/", &["ab/c", "ab/cd", "ab/cd/e"]),
        ("ab/c", &["ab/c", "ab/cd", "ab/cd/e"]),
        ("ab/cd/", &["ab/cd/e"]),
        ("ab/c/", &[]),
        ("b", &["b"]),
        ("b/", &[]),
        ("no", &[]),
        ("/", &[]),
    ];
    for (prefix, wanted) in cases {
        expect(list(store, prefix, None, 100).await?.0 == wanted, &format!("wrong keys below `{prefix}`"))?;
    }
    expect(list(store, "ab/", Some("ab/cd"), 100).await?.0 == ["ab/cd/e"], "wrong keys after one")?;
    expect(list(store, "ab/", Some("a"), 100).await?.0.len() == 3, "a key before the prefix leaves some out")?;
    expect(list(store, "ab/", Some("z"), 100).await?.0.is_empty(), "keys come after a key behind them all")
}

/// Pages join up to everything, and say whether there is more; the key that one ends with need not be there any more.
///
/// # Errors
/// What the store did instead.
pub async fn lists_in_pages(store: &dyn Store) -> Verdict {
    let names: Vec<String> = (0..25).map(|number| format!("p/{}/{number:02}", number % 3)).collect();
    for name in &names {
        put(store, name, b"x", &Condition::Absent).await?;
    }
    let sorted: BTreeSet<&String> = names.iter().collect();
    for size in [1, 2, 7, 24, 25, 26] {
        let (mut all, mut after, mut more) = (Vec::new(), None::<String>, true);
        while more {
            let page = list(store, "p/", after.as_deref(), size).await?;
            expect(page.0.len() == size || !page.1, "a page with more after it is not full")?;
            expect(page.0.len() <= size, "a page is longer than was asked")?;
            (after, more) = (page.0.last().cloned(), page.1);
            all.extend(page.0);
        }
        expect(all.iter().collect::<Vec<_>>() == sorted.iter().copied().collect::<Vec<_>>(), "pages do not join up")?;
    }
    expect(
        list(store, "p/", Some("p/1/zz"), 1).await?.0 == ["p/2/02"],
        "a key that is not there cannot be gone on from",
    )
}

/// Of many who create one object at once exactly one succeeds.
///
/// # Errors
/// What the store did instead.
pub async fn one_creator_wins(store: Arc<dyn Store>) -> Verdict {
    for round in 0..10 {
        let name = key(&format!("race/{round}"))?;
        let attempt = |number: usize| {
            let (store, name) = (Arc::clone(&store), name.clone());
            tokio::spawn(
                async move { store.put(&name, number.to_string().as_bytes(), &Condition::Absent).await.is_ok() },
            )
        };
        let attempts: Vec<_> = (0..CONTENDERS).map(attempt).collect();
        let mut won = 0;
        for attempt in attempts {
            won += usize::from(attempt.await.map_err(|error| error.to_string())?);
        }
        expect(won == 1, &format!("{won} of {CONTENDERS} have created the same object"))?;
    }
    Ok(())
}

/// Many increment one number on the condition of what they read; the sum is exact.
///
/// # Errors
/// What the store did instead.
pub async fn loses_no_update(store: Arc<dyn Store>) -> Verdict {
    put(&*store, "count", b"0", &Condition::Absent).await?;
    let contend = |_| tokio::spawn(increment(Arc::clone(&store), INCREMENTS));
    let contenders: Vec<_> = (0..CONTENDERS).map(contend).collect();
    for contender in contenders {
        contender.await.map_err(|error| error.to_string())??;
    }
    let (wanted, sum) = (CONTENDERS * INCREMENTS, number(&*store).await?.0);
    expect(sum == wanted, &format!("of {wanted} acknowledged increments {sum} are left"))
}

/// While one writes large objects, others read them whole, never a mixture.
///
/// # Errors
/// What the store did instead.
pub async fn reads_whole_objects(store: Arc<dyn Store>) -> Verdict {
    let mut etag = put(&*store, "large", &[0; 100_000], &Condition::Absent).await?;
    let reader = Arc::clone(&store);
    let reading = tokio::spawn(async move {
        for _ in 0..50 {
            let (body, _) = get(&*reader, "large").await?.ok_or("an object that is replaced is gone for a moment")?;
            let same = body.iter().all(|byte| Some(byte) == body.first());
            expect(same && body.len() == 100_000, "an object is read half written")?;
        }
        Ok::<_, String>(())
    });
    for byte in 1..20 {
        etag = put(&*store, "large", &[byte; 100_000], &Condition::Matches(etag)).await?;
    }
    reading.await.map_err(|error| error.to_string())?
}

async fn increment(store: Arc<dyn Store>, times: usize) -> Verdict {
    let mut done = 0;
    while done < times {
        let (count, etag) = number(&*store).await?;
        let body = (count + 1).to_string();
        // Somebody else's turn: whoever was first is read next.
        tokio::task::yield_now().await;
        match store.put(&key("count")?, body.as_bytes(), &Condition::Matches(etag)).await {
            Ok(_) => done += 1,
            Err(error) if matches!(error.kind, StoreErrorKind::Precondition | StoreErrorKind::Conflict) => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(())
}

async fn number(store: &dyn Store) -> Result<(usize, Etag), String> {
    let (body, etag) = get(store, "count").await?.ok_or("the number is gone")?;
    let count = std::str::from_utf8(&body).ok().and_then(|text| text.parse().ok()).ok_or("the number is none")?;
    Ok((count, etag))
}

fn expect(holds: bool, problem: &str) -> Verdict {
    if holds { Ok(()) } else { Err(problem.to_owned()) }
}

fn key(text: &str) -> Result<Key, String> {
    Key::parse(text).ok_or_else(|| format!("`{text}` is no key"))
}

async fn put(store: &dyn Store, name: &str, body: &[u8], condition: &Condition) -> Result<Etag, String> {
    store.put(&key(name)?, body, condition).await.map_err(|error| error.to_string())
}

async fn get(store: &dyn Store, name: &str) -> Result<Option<(Vec<u8>, Etag)>, String> {
    let object = store.get(&key(name)?).await.map_err(|error| error.to_string())?;
    Ok(object.map(|object| (object.body, object.etag)))
}

async fn list(
    store: &dyn Store,
    prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<(Vec<String>, bool), String> {
    let after = after.map(key).transpose()?;
    let page = store.list(prefix, after.as_ref(), limit).await.map_err(|error| error.to_string())?;
    Ok((page.keys.iter().map(ToString::to_string).collect(), page.more))
}

fn refused<T>(answer: Result<T, StoreError>, wanted: StoreErrorKind) -> Verdict {
    match answer {
        Err(error) if error.kind == wanted => Ok(()),
        Err(error) => Err(format!("{wanted:?} was expected, and the answer was {:?}: {error}", error.kind)),
        Ok(_) => Err(format!("{wanted:?} was expected, and it was done")),
    }
}
