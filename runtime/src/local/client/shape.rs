//! [`Shape`] on this machine: the resources that mean something to the supervisor.

use async_trait::async_trait;
use serde_json::{Map, Value};

use crate::{
    error::{Error, ErrorKind},
    local::{
        LocalCloud,
        call::{Call, Owner},
        client::HONOURED,
        desired::DesiredResource,
    },
    provider::{self, ResourceAddress, ResourceView, Shape},
    state::layout::Scope,
};

impl ResourceAddress {
    fn owner(&self) -> Owner {
        Owner { app: self.app.clone(), environment: self.environment.clone() }
    }

    /// What the resource is called on this machine: a name of ours, so that making it twice finds it.
    fn local_identifier(&self) -> String {
        format!("local:{}/{}/{}", self.app, self.environment, self.key)
    }
}

#[async_trait]
impl Shape for LocalCloud {
    async fn create(
        &self,
        resource: &ResourceAddress,
        properties: &Map<String, Value>,
        _token: &str,
    ) -> Result<String, Error> {
        // The key names the resource, so the token has nothing to add.
        self.update(resource, properties).await?;
        Ok(resource.local_identifier())
    }

    async fn read(&self, resource: &ResourceAddress) -> Result<Option<ResourceView>, Error> {
        let scope = self.place().read_scope(&Scope::new(&resource.app, &resource.environment))?;
        let found = scope.resources.get(&resource.key).filter(|found| found.resource_type == resource.resource_type);
        Ok(found.map(|found| ResourceView {
            identifier: resource.local_identifier(),
            properties: found.properties.clone(),
            attributes: Map::new(),
        }))
    }

    async fn update(&self, resource: &ResourceAddress, properties: &Map<String, Value>) -> Result<(), Error> {
        if !self.has(&resource.resource_type) {
            let message = format!("`{}` has no meaning on this machine: `{}`", resource.resource_type, resource.key);
            let error = Error::new(&provider::codes::MISSING, ErrorKind::NotFound, message);
            return Err(error.hint("leave it out: `skiff local up` lists what is not honoured"));
        }
        let desired = DesiredResource { resource_type: resource.resource_type.clone(), properties: properties.clone() };
        self.change(&Call::Put { owner: resource.owner(), key: resource.key.clone(), resource: desired }).await
    }

    async fn delete(&self, resource: &ResourceAddress) -> Result<(), Error> {
        self.change(&Call::Remove { owner: resource.owner(), key: resource.key.clone() }).await
    }

    fn has(&self, resource_type: &str) -> bool {
        HONOURED.contains(&resource_type)
    }
}
