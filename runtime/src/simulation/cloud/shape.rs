//! The resources of the made-up cloud: kept as they were said, each made once for its token.

use async_trait::async_trait;
use serde_json::{Map, Value};

use crate::{
    error::{Error, ErrorKind},
    provider::{ResourceAddress, ResourceView, Shape, codes},
    simulation::cloud::Cloud,
};

#[async_trait]
impl Shape for Cloud {
    async fn create(
        &self,
        resource: &ResourceAddress,
        properties: &Map<String, Value>,
        token: &str,
    ) -> Result<String, Error> {
        let mut state = self.state();
        if let Some((made_by, there)) = state.resources.get(resource) {
            if made_by == token {
                return Ok(there.identifier.clone());
            }
            let message = format!("`{}` is there already, as `{}`", resource.key, there.identifier);
            return Err(Error::new(&codes::UNAVAILABLE, ErrorKind::Conflict, message));
        }
        let identifier = format!("{}/{}", resource.resource_type, resource.key);
        let view =
            ResourceView { identifier: identifier.clone(), properties: properties.clone(), attributes: Map::new() };
        state.resources.insert(resource.clone(), (token.to_owned(), view));
        Ok(identifier)
    }

    async fn read(&self, resource: &ResourceAddress) -> Result<Option<ResourceView>, Error> {
        Ok(self.state().resources.get(resource).map(|(_, view)| view.clone()))
    }

    async fn update(&self, resource: &ResourceAddress, properties: &Map<String, Value>) -> Result<(), Error> {
        match self.state().resources.get_mut(resource) {
            Some((_, view)) => view.properties.clone_from(properties),
            None => {
                let message = format!("there is no `{}`", resource.key);
                return Err(Error::new(&codes::MISSING, ErrorKind::NotFound, message));
            }
        }
        Ok(())
    }

    async fn delete(&self, resource: &ResourceAddress) -> Result<(), Error> {
        self.state().resources.remove(resource);
        Ok(())
    }

    fn has(&self, resource_type: &str) -> bool {
        resource_type.starts_with("AWS::")
    }
}
