//! How an operation has verified what others have signed: releases, and approvals.

use async_trait::async_trait;

use crate::{
    engine::approval::{self, Expected},
    error::{Error, ErrorKind},
    state::{Ledger, document::store_error, layout::ServiceScope},
    trust::{Binding, Purpose, VerifiedRelease, load_root, verify_release},
};

/// What a release was measured against before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Floor {
    /// The highest sequence that was ever assigned to the service.
    pub sequence: u64,
    /// The highest version of the trust root that was used.
    pub root_version: u64,
}

/// A release that may be assigned.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignable {
    /// The release.
    pub release: VerifiedRelease,
    /// The version of the root that vouches for it.
    pub root_version: u64,
}

/// Decides whether a release may be assigned to a service, and whether an approval counts.
#[async_trait]
pub trait Verify: Send + Sync {
    /// The release, verified now.
    ///
    /// # Errors
    /// Each reason why it may not be assigned.
    async fn assignable(
        &self,
        ledger: &Ledger,
        service: &ServiceScope,
        release: &str,
        floor: Floor,
    ) -> Result<Assignable, Error>;

    /// The principal whose approval the bytes of an envelope are.
    ///
    /// # Errors
    /// Each reason why it does not count.
    async fn approval(&self, ledger: &Ledger, envelope: &[u8], expected: &Expected) -> Result<String, Error>;
}

/// Verification by the root of trust in the ledger.
#[derive(Debug, Clone)]
pub(crate) struct Trust {
    pub(crate) pin: Option<String>,
}

#[async_trait]
impl Verify for Trust {
    async fn assignable(
        &self,
        ledger: &Ledger,
        service: &ServiceScope,
        release: &str,
        floor: Floor,
    ) -> Result<Assignable, Error> {
        let root = load_root(ledger, self.pin.as_deref(), floor.root_version).await?;
        let envelope = envelope(ledger, service, release).await?;
        let binding = Binding {
            app: service.scope.app.clone(),
            environment: service.scope.environment.clone(),
            service: service.service.clone(),
        };
        // The release that is live may be assigned again, to the other slot: that is how members are moved to new machines.
        let purpose = Purpose::Assign { now: ledger.world.clock.now(), sequence: floor.sequence.saturating_sub(1) };
        let verified = verify_release(&envelope, &root, &binding, purpose)?;
        if verified.id != release {
            let message = format!("the release under the name `{release}` is `{}`", verified.id);
            return Err(Error::new(&super::codes::OTHER_RELEASE, ErrorKind::VerificationFailed, message)
                .hint("somebody has put one release in the place of another: find out who can write the ledger"));
        }
        Ok(Assignable { release: verified, root_version: root.root.version })
    }

    async fn approval(&self, ledger: &Ledger, envelope: &[u8], expected: &Expected) -> Result<String, Error> {
        approval::verify(ledger, self.pin.as_deref(), envelope, expected).await
    }
}

async fn envelope(ledger: &Ledger, service: &ServiceScope, release: &str) -> Result<Vec<u8>, Error> {
    let object = ledger.store.get(&service.release(release)).await.map_err(store_error)?;
    let missing = || {
        let message = format!("service `{}` has no release `{release}`", service.service);
        Error::new(&super::codes::NO_RELEASE, ErrorKind::NotFound, message).hint("list them with `skiff release list`")
    };
    object.map(|object| object.body).ok_or_else(missing)
}
