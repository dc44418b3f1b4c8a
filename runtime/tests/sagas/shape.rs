//! The made-up cloud as a provider of resources.

use serde_json::{Map, Value, json};
use skiff_runtime::{
    ErrorKind,
    provider::{ResourceAddress, Shape, codes},
    simulation::{Simulation, schedule::to_the_end},
};

fn properties(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

#[test]
fn a_resource_is_made_once_for_its_token() {
    let cloud = Simulation::new(1).cloud;
    let queue = ResourceAddress {
        app: "shop".into(),
        environment: "test".into(),
        resource_type: "AWS::SQS::Queue".into(),
        key: "orders.queue".into(),
    };
    assert!(cloud.has(&queue.resource_type));
    to_the_end(async {
        let first = cloud.create(&queue, &properties(&json!({"DelaySeconds": 1})), "one").await.unwrap();
        let again = cloud.create(&queue, &properties(&json!({"DelaySeconds": 1})), "one").await.unwrap();
        assert_eq!(first, again);
        let other = cloud.create(&queue, &properties(&json!({"DelaySeconds": 2})), "two").await.unwrap_err();
        assert_eq!((other.code(), other.kind()), (&codes::UNAVAILABLE, ErrorKind::Conflict));
        cloud.update(&queue, &properties(&json!({"DelaySeconds": 3}))).await.unwrap();
        let view = cloud.read(&queue).await.unwrap().unwrap();
        assert_eq!(view.properties["DelaySeconds"], 3);
        cloud.delete(&queue).await.unwrap();
        cloud.delete(&queue).await.unwrap();
        assert_eq!(cloud.read(&queue).await.unwrap(), None);
        let gone = cloud.update(&queue, &Map::new()).await.unwrap_err();
        assert_eq!(gone.code(), &codes::MISSING);
    })
    .unwrap();
}
