//! Something is changed on one side of a case that is the same on both: exactly that is found, with its place.

use serde_json::{Map, Value, json};
use skiff_tests::{listed, terraform::Terraform};

use super::Case;

/// The case whose sides are changed: it has something of nearly everything.
const CASE: &str = "stack";

/// A change, and the beginning of what each difference says.
type Broken = (&'static str, fn(&mut Case), &'static [&'static str]);

const BROKEN: &[Broken] = &[
    (
        "a number in the plan",
        |case| case.set("web.target_group.a", "/HealthCheckIntervalSeconds", json!(11)),
        &["`web.target_group.a` /HealthCheckIntervalSeconds is 11\n\
           `services/web: aws_lb_target_group.web[\"a\"]` health_check[0].interval is 10"],
    ),
    (
        "a number in Terraform",
        |case| case.apply_as("environment", "aws_lb.main", "/idle_timeout", json!(61)),
        &["`environment.load_balancer` /LoadBalancerAttributes[idle_timeout.timeout_seconds] is \"60\"\n\
           `environment: aws_lb.main` idle_timeout is \"61\""],
    ),
    (
        "a property less in the plan",
        |case| case.drop_property("web.target_group.a", "ProtocolVersion"),
        &["`services/web: aws_lb_target_group.web[\"a\"]` protocol_version is \"HTTP1\"\nand the plan does not say it"],
    ),
    (
        "a property more in the plan",
        |case| case.set("environment.vpc", "/InstanceTenancy", json!("dedicated")),
        &["`environment.vpc` /InstanceTenancy is \"dedicated\"\nand Terraform does not say it"],
    ),
    (
        "an argument less in Terraform",
        |case| case.leave_out("environment", "aws_lb_listener.https", "ssl_policy"),
        &["`environment.listener.https` /SslPolicy is \"ELBSecurityPolicy"],
    ),
    (
        "an argument more in Terraform",
        |case| case.write("environment", "aws_lb.main", "enable_http2", json!(false)),
        &["`environment: aws_lb.main` enable_http2 is false\nand the plan does not say it"],
    ),
    (
        "a reference to another resource",
        |case| {
            let other = json!({"resource": "web.launch_template.b", "attribute": "LaunchTemplateId"});
            case.set("web.auto_scaling_group.a", "/LaunchTemplate/LaunchTemplateId", other);
        },
        &["`web.auto_scaling_group.a` /LaunchTemplate/LaunchTemplateId is \"lt-"],
    ),
    (
        "a reference to another attribute",
        |case| case.set("web.listener_rule.shop-example-com", "/ListenerArn/attribute", json!("Arn")),
        &["`web.listener_rule.shop-example-com` /ListenerArn / `services/web: aws_lb_listener_rule.shop_example_com` \
           listener_arn cannot be compared: the table has no attribute `Arn`"],
    ),
    (
        "what another root module found",
        |case| {
            case.apply_as("services/web", "aws_lb_listener_rule.shop_example_com", "/listener_arn", json!("arn:other"));
        },
        &["`web.listener_rule.shop-example-com` /ListenerArn is \"arn:aws:elasticloadbalancing:"],
    ),
    (
        "an action that a policy allows",
        |case| case.set("web.role_policy.workload", "/PolicyDocument/Statement/0/Action/0", json!("s3:*")),
        &["`web.role_policy.workload` /PolicyDocument is {"],
    ),
    (
        "a tag of a resource",
        |case| case.apply_as("environment", "aws_vpc.main", "/tags_all/team", json!("other")),
        &["`environment.vpc` /Tags is {"],
    ),
    (
        "a line of user data",
        |case| case.set("web.launch_template.a", "/LaunchTemplateData/UserData/base64/join/0", json!("#!/bin/sh\n")),
        &["`web.launch_template.a` /LaunchTemplateData/UserData (committed)"],
    ),
    (
        "a property that Terraform need not say, with another value",
        |case| case.set("web.security_group", "/SecurityGroupEgress/0/CidrIp", json!("0.0.0.0/0")),
        &["`web.security_group` /SecurityGroupEgress / `services/web: aws_security_group.web` is ["],
    ),
    (
        "an argument that the plan need not say, with another value",
        |case| case.apply_as("services/report", "aws_autoscaling_schedule.report", "/min_size", json!(0)),
        &["`report.schedule` / `services/report: aws_autoscaling_schedule.report` min_size is 0, which this reason"],
    ),
    (
        "one element of a set of blocks",
        |case| {
            case.set("web.listener_rule.shop-example-com", "/Actions/0/ForwardConfig/TargetGroups/1/Weight", json!(1));
        },
        &["`web.listener_rule.shop-example-com` /Actions/0/ForwardConfig/TargetGroups/1/Weight is 1\n\
           `services/web: aws_lb_listener_rule.shop_example_com` action[0].forward[0].target_group["],
    ),
    (
        "an element more in a list of blocks",
        |case| {
            let device = json!({"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 1}});
            case.push("web.launch_template.a", "/LaunchTemplateData/BlockDeviceMappings", device);
        },
        &["`web.launch_template.a` /LaunchTemplateData/BlockDeviceMappings/1 is {"],
    ),
    (
        "a condition of a rule",
        |case| {
            let values = json!(["other.example.com"]);
            case.set("web.listener_rule.shop-example-com", "/Conditions/0/HostHeaderConfig/Values", values);
        },
        &["`web.listener_rule.shop-example-com` /Conditions/0/HostHeaderConfig/Values is [\"other.example.com\"]"],
    ),
    (
        "a dimension of an alarm",
        |case| {
            case.push(
                "environment.alarm.mails-dead",
                "/Metrics/0/MetricStat/Metric/Dimensions",
                json!({"Name": "Other", "Value": "x"}),
            );
        },
        &["`environment.alarm.mails-dead` /Metrics/0/MetricStat/Metric/Dimensions is {"],
    ),
    (
        "a block that belongs to another bucket",
        |case| case.apply_as("environment", "aws_s3_bucket_versioning.state", "/bucket", json!("other")),
        &["`environment.state` /BucketName is \""],
    ),
    (
        "a policy attached to another role",
        |case| case.apply_as("environment", "aws_iam_role_policy_attachment.operator", "/role", json!("other")),
        &["`environment.role.operator` /RoleName is \""],
    ),
    (
        "a policy that a role does not have in Terraform",
        |case| case.push("environment.role.operator", "/ManagedPolicyArns", json!("arn:aws:iam::aws:policy/Other")),
        &["`environment.role.operator` /ManagedPolicyArns/1 is \"arn:aws:iam::aws:policy/Other\""],
    ),
    (
        "a resource that only the plan has",
        |case| case.forget("services/web", "aws_cloudwatch_metric_alarm.cpu"),
        &["`web.alarm.cpu` / `` cannot be compared: it is 0 blocks `aws_cloudwatch_metric_alarm`"],
    ),
    (
        "a resource that only Terraform has",
        |case| drop(case.plan.shape.remove("web.alarm.cpu")),
        &["`` / `services/web: aws_cloudwatch_metric_alarm.cpu` cannot be compared: no resource of the plan"],
    ),
    (
        "a type that the table does not have",
        |case| case.retype("environment.namespace", "AWS::ServiceDiscovery::HttpNamespace"),
        &[
            "`environment.namespace` / `` cannot be compared: the table has no AWS::ServiceDiscovery::HttpNamespace",
            "`search.discovery` /NamespaceId",
            "`` / `environment: aws_service_discovery_private_dns_namespace.main` cannot be compared: no resource",
        ],
    ),
    (
        "an input of another value",
        |case| drop(case.inputs.insert("ami_arm64".to_owned(), json!("ami-other"))),
        &[
            "`mailer.launch_template.a` /LaunchTemplateData/ImageId is \"ami-other\"",
            "`mailer.launch_template.b` /LaunchTemplateData/ImageId is \"ami-other\"",
            "`report.launch_template.a` /LaunchTemplateData/ImageId is \"ami-other\"",
            "`search.launch_template.a` /LaunchTemplateData/ImageId is \"ami-other\"",
            "`web.launch_template.a` /LaunchTemplateData/ImageId is \"ami-other\"",
            "`web.launch_template.b` /LaunchTemplateData/ImageId is \"ami-other\"",
        ],
    ),
];

#[test]
fn every_change_of_one_side_is_found() {
    let Some(terraform) = Terraform::find().unwrap_or_else(|problem| panic!("{problem}")) else { return };
    let case = Case::apply(&terraform, CASE).unwrap_or_else(|problem| panic!("{problem}"));
    let mut problems = Vec::new();
    for (name, change, wanted) in BROKEN {
        let mut broken = case.clone();
        change(&mut broken);
        let found: Vec<String> = broken.compare().differences.iter().map(ToString::to_string).collect();
        let as_wanted =
            found.len() == wanted.len() && found.iter().zip(*wanted).all(|(found, wanted)| found.starts_with(wanted));
        if !as_wanted {
            problems.push(format!("{name}: found {} instead of {}\n{}", found.len(), wanted.len(), found.join("\n")));
        }
    }
    assert!(problems.is_empty(), "{}", listed(&problems));
}

impl Case {
    fn properties(&mut self, id: &str) -> &mut Map<String, Value> {
        &mut self.plan.shape.get_mut(id).unwrap_or_else(|| panic!("no `{id}`")).properties
    }

    /// Gives a property another value, or one that it did not have.
    fn set(&mut self, id: &str, pointer: &str, value: Value) {
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        let mut properties = Value::Object(std::mem::take(self.properties(id)));
        match properties.pointer_mut(parent) {
            Some(Value::Object(fields)) => drop(fields.insert(name.to_owned(), value)),
            Some(Value::Array(items)) => items[name.parse::<usize>().expect("an index")] = value,
            _ => panic!("`{id}` has no {parent}"),
        }
        *self.properties(id) = properties.as_object().cloned().expect("an object");
    }

    fn push(&mut self, id: &str, pointer: &str, value: Value) {
        let (name, rest) =
            pointer[1..].split_once('/').map_or((&pointer[1..], ""), |(name, _)| (name, &pointer[1 + name.len()..]));
        let list = self.properties(id)[name].pointer_mut(rest).and_then(Value::as_array_mut);
        list.unwrap_or_else(|| panic!("`{id}` has no list {pointer}")).push(value);
    }

    fn drop_property(&mut self, id: &str, name: &str) {
        self.properties(id).remove(name).unwrap_or_else(|| panic!("`{id}` has no {name}"));
    }

    fn retype(&mut self, id: &str, plan_type: &str) {
        let resource = self.plan.shape.get_mut(id).unwrap_or_else(|| panic!("no `{id}`"));
        plan_type.clone_into(&mut resource.resource_type);
    }

    fn state(&mut self, module: &str) -> &mut Vec<Value> {
        let applied = self.modules.get_mut(module).unwrap_or_else(|| panic!("no `{module}`"));
        applied.state["values"]["root_module"]["resources"].as_array_mut().expect("a state")
    }

    fn values(&mut self, module: &str, address: &str) -> &mut Value {
        let found = self.state(module).iter_mut().find(|resource| resource["address"] == address);
        &mut found.unwrap_or_else(|| panic!("no `{module}: {address}`"))["values"]
    }

    fn expressions(&mut self, module: &str, block: &str) -> &mut Map<String, Value> {
        let applied = self.modules.get_mut(module).unwrap_or_else(|| panic!("no `{module}`"));
        let blocks = applied.configuration["root_module"]["resources"].as_array_mut().expect("a configuration");
        let found = blocks.iter_mut().find(|resource| resource["address"] == block);
        let expressions = found.and_then(|block| block["expressions"].as_object_mut());
        expressions.unwrap_or_else(|| panic!("no `{module}: {block}`"))
    }

    /// As if Terraform had made another value of an argument.
    fn apply_as(&mut self, module: &str, address: &str, pointer: &str, value: Value) {
        let found = self.values(module, address).pointer_mut(pointer);
        *found.unwrap_or_else(|| panic!("`{module}: {address}` has no {pointer}")) = value;
    }

    /// As if the block had one argument more.
    fn write(&mut self, module: &str, address: &str, argument: &str, value: Value) {
        self.values(module, address)[argument] = value;
        self.expressions(module, address).insert(argument.to_owned(), json!({}));
    }

    /// As if the block had one argument less.
    fn leave_out(&mut self, module: &str, address: &str, argument: &str) {
        self.values(module, address)[argument] = Value::Null;
        let was = self.expressions(module, address).remove(argument);
        assert!(was.is_some(), "`{module}: {address}` has no {argument}");
    }

    /// As if Terraform had not made a resource.
    fn forget(&mut self, module: &str, address: &str) {
        let before = self.state(module).len();
        self.state(module).retain(|resource| resource["address"] != address);
        assert_eq!(self.state(module).len() + 1, before, "`{module}: {address}` was there");
    }
}
