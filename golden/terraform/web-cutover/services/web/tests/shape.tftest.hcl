# Needs the provider and no account: `terraform init -backend=false`, then `terraform test`, with
# Terraform 1.11 or newer. Nothing is applied.
mock_provider "aws" {
  # An apply of the test could not be taken down again, because of `prevent_destroy`.
  override_during = plan

  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }

  mock_data "aws_kms_key" {
    defaults = {
      arn = "arn:aws:kms:eu-west-1:111122223333:key/mock"
    }
  }

  mock_data "aws_lb" {
    defaults = {
      arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/mock/0123456789abcdef"
    }
  }

  mock_data "aws_lb_listener" {
    defaults = {
      arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/mock/0123456789abcdef/0123456789abcdef"
    }
  }

  mock_data "aws_subnets" {
    defaults = {
      ids = ["subnet-0123456789abcdef0"]
    }
  }

  mock_data "aws_vpc" {
    defaults = {
      id = "vpc-0123456789abcdef0"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:111122223333:log-group:mock"
    }
  }

  mock_resource "aws_iam_instance_profile" {
    defaults = {
      arn = "arn:aws:iam::111122223333:instance-profile/mock"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::111122223333:role/mock"
    }
  }

  mock_resource "aws_launch_template" {
    defaults = {
      id = "lt-0123456789abcdef0"
    }
  }

  override_resource {
    target = aws_lb_target_group.legacy

    values = {
      arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop-default-web-legacy/0123456789abcdef"
    }
  }

  override_resource {
    target = aws_lb_target_group.web["a"]

    values = {
      arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop-default-web-a/0123456789abcdef"
    }
  }

  override_resource {
    target = aws_lb_target_group.web["b"]

    values = {
      arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop-default-web-b/0123456789abcdef"
    }
  }

  override_data {
    target = data.aws_security_group.endpoints

    values = {
      id = "sg-00000000000000000"
    }
  }

  override_data {
    target = data.aws_security_group.load_balancer

    values = {
      id = "sg-00000000000000001"
    }
  }

  override_resource {
    target = aws_security_group.web

    values = {
      id = "sg-00000000000000002"
    }
  }
}

variables {
  ami_arm64                 = "ami-0123456789abcdef0"
  priority_shop_example_com = 101
  runner_digest             = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  s3_prefix_list_id         = "pl-0123456789abcdef0"
  trust_root_digest         = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
}

run "shape" {
  command = plan

  assert {
    condition = alltrue([
      local.account_id == "111122223333",
      local.region == "eu-west-1",
      local.partition == "aws",
    ])

    error_message = "account: this is for 111122223333 in eu-west-1."
  }

  assert {
    condition = alltrue([
      local.tags["skiff:app"] == "shop",
      local.tags["skiff:environment"] == "default",
      local.tags["skiff:service"] == "web",
    ])

    error_message = "tags: every resource says whose it is."
  }

  assert {
    condition = alltrue([
      aws_cloudwatch_log_group.web.retention_in_days == 365,
      aws_cloudwatch_log_group.web.kms_key_id == data.aws_kms_key.main.arn,
    ])

    error_message = "services.web: logs are kept for 365 days, encrypted."
  }

  assert {
    condition = alltrue([
      aws_iam_role.runtime.name == "shop-default-web-runtime",
      aws_iam_role.runtime.path == "/skiff/default/",
    ])

    error_message = "services.web: `shop-default-web-runtime` stands under the path that roles may be passed from."
  }

  assert {
    condition = alltrue([
      aws_lb_target_group.legacy.port == 30080,
      aws_lb_target_group.legacy.protocol == "HTTP",
      aws_lb_target_group.legacy.protocol_version == "HTTP1",
      aws_lb_target_group.legacy.target_type == "ip",
    ])

    error_message = "services.web.cutover.from: requests come to port 30080 by HTTP1."
  }

  assert {
    condition = alltrue([
      aws_lb_target_group.legacy.health_check[0].enabled == true,
      aws_lb_target_group.legacy.health_check[0].path == "/ready",
      aws_lb_target_group.legacy.health_check[0].port == "traffic-port",
      aws_lb_target_group.legacy.health_check[0].protocol == "HTTP",
      aws_lb_target_group.legacy.health_check[0].matcher == "200-399",
      aws_lb_target_group.legacy.health_check[0].interval == 10,
      aws_lb_target_group.legacy.health_check[0].timeout == 5,
      aws_lb_target_group.legacy.health_check[0].healthy_threshold == 2,
      aws_lb_target_group.legacy.health_check[0].unhealthy_threshold == 3,
    ])

    error_message = "services.web.cutover.from: members are asked for /ready on port traffic-port."
  }

  assert {
    condition     = aws_lb_target_group.legacy.deregistration_delay == "30"
    error_message = "services.web.cutover.from: connections drain before a member goes."
  }

  assert {
    condition = alltrue([for key in ["a", "b"] : alltrue([
      aws_lb_target_group.web[key].port == 8080,
      aws_lb_target_group.web[key].protocol == "HTTP",
      aws_lb_target_group.web[key].protocol_version == "HTTP1",
      aws_lb_target_group.web[key].target_type == "instance",
    ])])

    error_message = "services.web.port: requests come to port 8080 by HTTP1."
  }

  assert {
    condition = alltrue([for key in ["a", "b"] : alltrue([
      aws_lb_target_group.web[key].health_check[0].enabled == true,
      aws_lb_target_group.web[key].health_check[0].path == "/healthz",
      aws_lb_target_group.web[key].health_check[0].port == "8079",
      aws_lb_target_group.web[key].health_check[0].protocol == "HTTP",
      aws_lb_target_group.web[key].health_check[0].matcher == "200",
      aws_lb_target_group.web[key].health_check[0].interval == 10,
      aws_lb_target_group.web[key].health_check[0].timeout == 5,
      aws_lb_target_group.web[key].health_check[0].healthy_threshold == 2,
      aws_lb_target_group.web[key].health_check[0].unhealthy_threshold == 3,
    ])])

    error_message = "services.web.port: members are asked for /healthz on port 8079."
  }

  assert {
    condition     = alltrue([for key in ["a", "b"] : aws_lb_target_group.web[key].deregistration_delay == "30"])
    error_message = "services.web.port: connections drain before a member goes."
  }

  assert {
    condition = alltrue([for key in ["a", "b"] : alltrue([
      aws_launch_template.web[key].instance_type == "t4g.micro",
      aws_launch_template.web[key].image_id == var.ami_arm64,
    ])])

    error_message = "services.web.size: members are t4g.micro from the image that is locked."
  }

  assert {
    condition     = alltrue([for key in ["a", "b"] : aws_launch_template.web[key].network_interfaces[0].associate_public_ip_address == "false"])
    error_message = "services.web.size: members have no public address."
  }

  assert {
    condition = alltrue([for key in ["a", "b"] : alltrue([
      aws_launch_template.web[key].metadata_options[0].http_endpoint == "enabled",
      aws_launch_template.web[key].metadata_options[0].http_tokens == "required",
      aws_launch_template.web[key].metadata_options[0].http_put_response_hop_limit == 1,
      aws_launch_template.web[key].metadata_options[0].instance_metadata_tags == "disabled",
    ])])

    error_message = "services.web.size: the metadata service answers version 2 only, and no further than the member itself."
  }

  assert {
    condition = alltrue([for key in ["a", "b"] : alltrue([
      aws_launch_template.web[key].block_device_mappings[0].ebs[0].volume_type == "gp3",
      aws_launch_template.web[key].block_device_mappings[0].ebs[0].volume_size == 8,
      aws_launch_template.web[key].block_device_mappings[0].ebs[0].encrypted == "true",
      aws_launch_template.web[key].block_device_mappings[0].ebs[0].kms_key_id == data.aws_kms_key.main.arn,
      aws_launch_template.web[key].block_device_mappings[0].ebs[0].delete_on_termination == "true",
    ])])

    error_message = "services.web.size: the disk of a member has 8 GiB, is encrypted and goes with it."
  }

  assert {
    condition = alltrue([for key in ["a", "b"] : alltrue([
      jsondecode(yamldecode(base64decode(aws_launch_template.web[key].user_data)).write_files[0].content).runner == var.runner_digest,
      jsondecode(yamldecode(base64decode(aws_launch_template.web[key].user_data)).write_files[0].content).trust_root == var.trust_root_digest,
      jsondecode(yamldecode(base64decode(aws_launch_template.web[key].user_data)).write_files[0].content).slot == key,
      jsondecode(yamldecode(base64decode(aws_launch_template.web[key].user_data)).write_files[0].content).health_port == 8079,
    ])])

    error_message = "services.web.size: members verify the runner and the release by pinned digests, and know their slot."
  }

  assert {
    condition     = alltrue([for key in ["a", "b"] : aws_autoscaling_group.web[key].max_size == 2])
    error_message = "services.web.replicas: a slot grows to 2 members at most."
  }

  assert {
    condition = alltrue([for key in ["a", "b"] : alltrue([
      aws_autoscaling_group.web[key].min_size == 0,
      aws_autoscaling_group.web[key].desired_capacity == 0,
    ])])

    error_message = "services.web.replicas: a slot is empty when it is made; Skiff's runtime brings its members."
  }

  assert {
    condition     = alltrue([for key in ["a", "b"] : aws_autoscaling_group.web[key].health_check_type == "EC2"])
    error_message = "services.web.replicas: readiness steers traffic and never replaces a member."
  }

  assert {
    condition = alltrue([for key in ["a", "b"] : alltrue([
      aws_autoscaling_group.web[key].health_check_grace_period == 300,
      aws_autoscaling_group.web[key].default_instance_warmup == 60,
    ])])

    error_message = "services.web.replicas: a member has the time to start before it counts."
  }

  assert {
    condition = alltrue([for key in ["a", "b"] : alltrue([
      one([for one in aws_autoscaling_group.web[key].tag : one.value if one.key == "skiff:app"]) == "shop",
      one([for one in aws_autoscaling_group.web[key].tag : one.value if one.key == "skiff:environment"]) == "default",
      one([for one in aws_autoscaling_group.web[key].tag : one.value if one.key == "skiff:service"]) == "web",
    ])])

    error_message = "services.web.replicas: the group says whose it is."
  }

  assert {
    condition     = alltrue([for key in ["a", "b"] : aws_autoscaling_group.web[key].target_group_arns == toset([aws_lb_target_group.web[key].arn])])
    error_message = "services.web.replicas: members of a slot answer in the target groups of that slot."
  }

  assert {
    condition = alltrue([for key in ["a", "b"] : alltrue([
      aws_autoscaling_lifecycle_hook.launch[key].lifecycle_transition == "autoscaling:EC2_INSTANCE_LAUNCHING",
      aws_autoscaling_lifecycle_hook.launch[key].default_result == "ABANDON",
      aws_autoscaling_lifecycle_hook.launch[key].heartbeat_timeout == 600,
    ])])

    error_message = "services.web: a member that cannot verify its release never serves."
  }

  assert {
    condition = alltrue([for key in ["a", "b"] : alltrue([
      aws_autoscaling_lifecycle_hook.terminate[key].lifecycle_transition == "autoscaling:EC2_INSTANCE_TERMINATING",
      aws_autoscaling_lifecycle_hook.terminate[key].default_result == "CONTINUE",
      aws_autoscaling_lifecycle_hook.terminate[key].heartbeat_timeout == 150,
    ])])

    error_message = "services.web.stop: a member that is to go has the time to finish its work."
  }

  assert {
    condition     = aws_lb_listener_rule.shop_example_com.priority == var.priority_shop_example_com
    error_message = "services.web.routes[0]: the route keeps its place among the others."
  }

  assert {
    condition     = one([for one in aws_lb_listener_rule.shop_example_com.condition : one.host_header[0].values if length(one.host_header) > 0]) == toset(["shop.example.com"])
    error_message = "services.web.routes[0]: the route takes the host shop.example.com."
  }

  assert {
    condition = alltrue([
      aws_lb_listener_rule.shop_example_com.action[0].type == "forward",
      length(aws_lb_listener_rule.shop_example_com.action[0].forward[0].target_group) == 3,
      one([for one in aws_lb_listener_rule.shop_example_com.action[0].forward[0].target_group : one.weight if one.arn == aws_lb_target_group.legacy.arn]) == 100,
      one([for one in aws_lb_listener_rule.shop_example_com.action[0].forward[0].target_group : one.weight if one.arn == aws_lb_target_group.web["a"].arn]) == 0,
      one([for one in aws_lb_listener_rule.shop_example_com.action[0].forward[0].target_group : one.weight if one.arn == aws_lb_target_group.web["b"].arn]) == 0,
    ])

    error_message = "services.web.routes[0]: traffic starts at weights of 100/0/0."
  }

  assert {
    condition = alltrue([
      one([for one in aws_cloudwatch_metric_alarm.errors.metric_query : one.metric[0].metric_name if one.id == "errors_a"]) == "HTTPCode_Target_5XX_Count",
      one([for one in aws_cloudwatch_metric_alarm.errors.metric_query : one.metric[0].stat if one.id == "errors_a"]) == "Sum",
      one([for one in aws_cloudwatch_metric_alarm.errors.metric_query : one.metric[0].metric_name if one.id == "errors_b"]) == "HTTPCode_Target_5XX_Count",
      one([for one in aws_cloudwatch_metric_alarm.errors.metric_query : one.metric[0].stat if one.id == "errors_b"]) == "Sum",
      one([for one in aws_cloudwatch_metric_alarm.errors.metric_query : one.metric[0].metric_name if one.id == "refused_a"]) == "TargetConnectionErrorCount",
      one([for one in aws_cloudwatch_metric_alarm.errors.metric_query : one.metric[0].stat if one.id == "refused_a"]) == "Sum",
      one([for one in aws_cloudwatch_metric_alarm.errors.metric_query : one.metric[0].metric_name if one.id == "refused_b"]) == "TargetConnectionErrorCount",
      one([for one in aws_cloudwatch_metric_alarm.errors.metric_query : one.metric[0].stat if one.id == "refused_b"]) == "Sum",
      one([for one in aws_cloudwatch_metric_alarm.errors.metric_query : one.metric[0].metric_name if one.id == "requests_a"]) == "RequestCount",
      one([for one in aws_cloudwatch_metric_alarm.errors.metric_query : one.metric[0].stat if one.id == "requests_a"]) == "Sum",
      one([for one in aws_cloudwatch_metric_alarm.errors.metric_query : one.metric[0].metric_name if one.id == "requests_b"]) == "RequestCount",
      one([for one in aws_cloudwatch_metric_alarm.errors.metric_query : one.metric[0].stat if one.id == "requests_b"]) == "Sum",
      one([for one in aws_cloudwatch_metric_alarm.errors.metric_query : one.expression if one.id == "rate"]) == "100 * (FILL(errors_a, 0) + FILL(errors_b, 0) + FILL(refused_a, 0) + FILL(refused_b, 0)) / (FILL(requests_a, 0) + FILL(requests_b, 0))",
    ])

    error_message = "services.web.alarms: More than 1% of the requests to web fail: measured by these metrics."
  }

  assert {
    condition = alltrue([
      aws_cloudwatch_metric_alarm.errors.threshold == 1,
      aws_cloudwatch_metric_alarm.errors.comparison_operator == "GreaterThanThreshold",
      aws_cloudwatch_metric_alarm.errors.evaluation_periods == 5,
      aws_cloudwatch_metric_alarm.errors.treat_missing_data == "notBreaching",
      aws_cloudwatch_metric_alarm.errors.actions_enabled == true,
      aws_cloudwatch_metric_alarm.errors.alarm_actions == toset(["arn:aws:sns:eu-west-1:111122223333:on-call"]),
    ])

    error_message = "services.web.alarms: More than 1% of the requests to web fail: somebody is told."
  }

  assert {
    condition = alltrue([
      one([for one in aws_cloudwatch_metric_alarm.latency.metric_query : one.metric[0].metric_name if one.id == "latency_a"]) == "TargetResponseTime",
      one([for one in aws_cloudwatch_metric_alarm.latency.metric_query : one.metric[0].stat if one.id == "latency_a"]) == "p99",
      one([for one in aws_cloudwatch_metric_alarm.latency.metric_query : one.metric[0].metric_name if one.id == "latency_b"]) == "TargetResponseTime",
      one([for one in aws_cloudwatch_metric_alarm.latency.metric_query : one.metric[0].stat if one.id == "latency_b"]) == "p99",
      one([for one in aws_cloudwatch_metric_alarm.latency.metric_query : one.expression if one.id == "slowest"]) == "MAX([FILL(latency_a, 0), FILL(latency_b, 0)])",
    ])

    error_message = "services.web.alarms: One request in a hundred to web takes longer than 1s: measured by these metrics."
  }

  assert {
    condition = alltrue([
      aws_cloudwatch_metric_alarm.latency.threshold == 1,
      aws_cloudwatch_metric_alarm.latency.comparison_operator == "GreaterThanThreshold",
      aws_cloudwatch_metric_alarm.latency.evaluation_periods == 5,
      aws_cloudwatch_metric_alarm.latency.treat_missing_data == "notBreaching",
      aws_cloudwatch_metric_alarm.latency.actions_enabled == true,
      aws_cloudwatch_metric_alarm.latency.alarm_actions == toset(["arn:aws:sns:eu-west-1:111122223333:on-call"]),
    ])

    error_message = "services.web.alarms: One request in a hundred to web takes longer than 1s: somebody is told."
  }

  assert {
    condition = alltrue([
      one([for one in aws_cloudwatch_metric_alarm.healthy.metric_query : one.metric[0].metric_name if one.id == "healthy_a"]) == "HealthyHostCount",
      one([for one in aws_cloudwatch_metric_alarm.healthy.metric_query : one.metric[0].stat if one.id == "healthy_a"]) == "Minimum",
      one([for one in aws_cloudwatch_metric_alarm.healthy.metric_query : one.metric[0].metric_name if one.id == "healthy_b"]) == "HealthyHostCount",
      one([for one in aws_cloudwatch_metric_alarm.healthy.metric_query : one.metric[0].stat if one.id == "healthy_b"]) == "Minimum",
      one([for one in aws_cloudwatch_metric_alarm.healthy.metric_query : one.expression if one.id == "missing"]) == "2 - (FILL(healthy_a, 0) + FILL(healthy_b, 0))",
    ])

    error_message = "services.web.alarms: Fewer than 2 members of web are healthy, or none reports, as before the first deploy: measured by these metrics."
  }

  assert {
    condition = alltrue([
      aws_cloudwatch_metric_alarm.healthy.threshold == 0,
      aws_cloudwatch_metric_alarm.healthy.comparison_operator == "GreaterThanThreshold",
      aws_cloudwatch_metric_alarm.healthy.evaluation_periods == 3,
      aws_cloudwatch_metric_alarm.healthy.treat_missing_data == "breaching",
      aws_cloudwatch_metric_alarm.healthy.actions_enabled == true,
      aws_cloudwatch_metric_alarm.healthy.alarm_actions == toset(["arn:aws:sns:eu-west-1:111122223333:on-call"]),
    ])

    error_message = "services.web.alarms: Fewer than 2 members of web are healthy, or none reports, as before the first deploy: somebody is told."
  }

  assert {
    condition = alltrue([
      one([for one in aws_cloudwatch_metric_alarm.cpu.metric_query : one.metric[0].metric_name if one.id == "cpu_a"]) == "CPUUtilization",
      one([for one in aws_cloudwatch_metric_alarm.cpu.metric_query : one.metric[0].stat if one.id == "cpu_a"]) == "Average",
      one([for one in aws_cloudwatch_metric_alarm.cpu.metric_query : one.metric[0].metric_name if one.id == "cpu_b"]) == "CPUUtilization",
      one([for one in aws_cloudwatch_metric_alarm.cpu.metric_query : one.metric[0].stat if one.id == "cpu_b"]) == "Average",
      one([for one in aws_cloudwatch_metric_alarm.cpu.metric_query : one.expression if one.id == "busiest"]) == "MAX([FILL(cpu_a, 0), FILL(cpu_b, 0)])",
    ])

    error_message = "services.web.alarms: Members of web are busier than 90%: measured by these metrics."
  }

  assert {
    condition = alltrue([
      aws_cloudwatch_metric_alarm.cpu.threshold == 90,
      aws_cloudwatch_metric_alarm.cpu.comparison_operator == "GreaterThanThreshold",
      aws_cloudwatch_metric_alarm.cpu.evaluation_periods == 15,
      aws_cloudwatch_metric_alarm.cpu.treat_missing_data == "notBreaching",
      aws_cloudwatch_metric_alarm.cpu.actions_enabled == true,
      aws_cloudwatch_metric_alarm.cpu.alarm_actions == toset(["arn:aws:sns:eu-west-1:111122223333:on-call"]),
    ])

    error_message = "services.web.alarms: Members of web are busier than 90%: somebody is told."
  }

  assert {
    condition = alltrue([
      aws_vpc_security_group_egress_rule.web_to_s3_443.security_group_id == aws_security_group.web.id,
      aws_vpc_security_group_egress_rule.web_to_s3_443.cidr_ipv4 == null,
      aws_vpc_security_group_egress_rule.web_to_s3_443.prefix_list_id == var.s3_prefix_list_id,
      aws_vpc_security_group_egress_rule.web_to_s3_443.referenced_security_group_id == null,
      aws_vpc_security_group_egress_rule.web_to_s3_443.ip_protocol == "tcp",
      aws_vpc_security_group_egress_rule.web_to_s3_443.from_port == 443,
      aws_vpc_security_group_egress_rule.web_to_s3_443.to_port == 443,
    ])

    error_message = "services.web: Amazon S3: the ledger and artifacts: port 443 leads to one prefix list alone."
  }

  assert {
    condition = alltrue([
      aws_vpc_security_group_ingress_rule.endpoints_from_web_443.security_group_id == data.aws_security_group.endpoints.id,
      aws_vpc_security_group_ingress_rule.endpoints_from_web_443.cidr_ipv4 == null,
      aws_vpc_security_group_ingress_rule.endpoints_from_web_443.referenced_security_group_id == aws_security_group.web.id,
      aws_vpc_security_group_ingress_rule.endpoints_from_web_443.ip_protocol == "tcp",
      aws_vpc_security_group_ingress_rule.endpoints_from_web_443.from_port == 443,
      aws_vpc_security_group_ingress_rule.endpoints_from_web_443.to_port == 443,
    ])

    error_message = "services.web: AWS services by interface endpoints: port 443 is open to one security group alone."
  }

  assert {
    condition = alltrue([
      aws_vpc_security_group_egress_rule.web_to_endpoints_443.security_group_id == aws_security_group.web.id,
      aws_vpc_security_group_egress_rule.web_to_endpoints_443.cidr_ipv4 == null,
      aws_vpc_security_group_egress_rule.web_to_endpoints_443.prefix_list_id == null,
      aws_vpc_security_group_egress_rule.web_to_endpoints_443.referenced_security_group_id == data.aws_security_group.endpoints.id,
      aws_vpc_security_group_egress_rule.web_to_endpoints_443.ip_protocol == "tcp",
      aws_vpc_security_group_egress_rule.web_to_endpoints_443.from_port == 443,
      aws_vpc_security_group_egress_rule.web_to_endpoints_443.to_port == 443,
    ])

    error_message = "services.web: AWS services by interface endpoints: port 443 leads to one security group alone."
  }

  assert {
    condition = alltrue([
      aws_vpc_security_group_egress_rule.load_balancer_to_10_0_0_0_16_30080.security_group_id == data.aws_security_group.load_balancer.id,
      aws_vpc_security_group_egress_rule.load_balancer_to_10_0_0_0_16_30080.cidr_ipv4 == "10.0.0.0/16",
      aws_vpc_security_group_egress_rule.load_balancer_to_10_0_0_0_16_30080.prefix_list_id == null,
      aws_vpc_security_group_egress_rule.load_balancer_to_10_0_0_0_16_30080.referenced_security_group_id == null,
      aws_vpc_security_group_egress_rule.load_balancer_to_10_0_0_0_16_30080.ip_protocol == "tcp",
      aws_vpc_security_group_egress_rule.load_balancer_to_10_0_0_0_16_30080.from_port == 30080,
      aws_vpc_security_group_egress_rule.load_balancer_to_10_0_0_0_16_30080.to_port == 30080,
    ])

    error_message = "services.web.cutover.from: Requests to what serves web until the cutover: port 30080 leads to 10.0.0.0/16 alone."
  }

  assert {
    condition = alltrue([
      aws_vpc_security_group_ingress_rule.web_from_load_balancer_8080.security_group_id == aws_security_group.web.id,
      aws_vpc_security_group_ingress_rule.web_from_load_balancer_8080.cidr_ipv4 == null,
      aws_vpc_security_group_ingress_rule.web_from_load_balancer_8080.referenced_security_group_id == data.aws_security_group.load_balancer.id,
      aws_vpc_security_group_ingress_rule.web_from_load_balancer_8080.ip_protocol == "tcp",
      aws_vpc_security_group_ingress_rule.web_from_load_balancer_8080.from_port == 8080,
      aws_vpc_security_group_ingress_rule.web_from_load_balancer_8080.to_port == 8080,
    ])

    error_message = "services.web.routes: Requests to web: port 8080 is open to one security group alone."
  }

  assert {
    condition = alltrue([
      aws_vpc_security_group_egress_rule.load_balancer_to_web_8080.security_group_id == data.aws_security_group.load_balancer.id,
      aws_vpc_security_group_egress_rule.load_balancer_to_web_8080.cidr_ipv4 == null,
      aws_vpc_security_group_egress_rule.load_balancer_to_web_8080.prefix_list_id == null,
      aws_vpc_security_group_egress_rule.load_balancer_to_web_8080.referenced_security_group_id == aws_security_group.web.id,
      aws_vpc_security_group_egress_rule.load_balancer_to_web_8080.ip_protocol == "tcp",
      aws_vpc_security_group_egress_rule.load_balancer_to_web_8080.from_port == 8080,
      aws_vpc_security_group_egress_rule.load_balancer_to_web_8080.to_port == 8080,
    ])

    error_message = "services.web.routes: Requests to web: port 8080 leads to one security group alone."
  }

  assert {
    condition = alltrue([
      aws_vpc_security_group_ingress_rule.web_from_load_balancer_8079.security_group_id == aws_security_group.web.id,
      aws_vpc_security_group_ingress_rule.web_from_load_balancer_8079.cidr_ipv4 == null,
      aws_vpc_security_group_ingress_rule.web_from_load_balancer_8079.referenced_security_group_id == data.aws_security_group.load_balancer.id,
      aws_vpc_security_group_ingress_rule.web_from_load_balancer_8079.ip_protocol == "tcp",
      aws_vpc_security_group_ingress_rule.web_from_load_balancer_8079.from_port == 8079,
      aws_vpc_security_group_ingress_rule.web_from_load_balancer_8079.to_port == 8079,
    ])

    error_message = "services.web.routes: Health checks of web: port 8079 is open to one security group alone."
  }

  assert {
    condition = alltrue([
      aws_vpc_security_group_egress_rule.load_balancer_to_web_8079.security_group_id == data.aws_security_group.load_balancer.id,
      aws_vpc_security_group_egress_rule.load_balancer_to_web_8079.cidr_ipv4 == null,
      aws_vpc_security_group_egress_rule.load_balancer_to_web_8079.prefix_list_id == null,
      aws_vpc_security_group_egress_rule.load_balancer_to_web_8079.referenced_security_group_id == aws_security_group.web.id,
      aws_vpc_security_group_egress_rule.load_balancer_to_web_8079.ip_protocol == "tcp",
      aws_vpc_security_group_egress_rule.load_balancer_to_web_8079.from_port == 8079,
      aws_vpc_security_group_egress_rule.load_balancer_to_web_8079.to_port == 8079,
    ])

    error_message = "services.web.routes: Health checks of web: port 8079 leads to one security group alone."
  }
}

run "refuses_ami_arm64" {
  command         = plan
  expect_failures = [var.ami_arm64]

  variables {
    ami_arm64 = "latest"
  }
}

run "refuses_priority_shop_example_com" {
  command         = plan
  expect_failures = [var.priority_shop_example_com]

  variables {
    priority_shop_example_com = 0
  }
}

run "refuses_runner_digest" {
  command         = plan
  expect_failures = [var.runner_digest]

  variables {
    runner_digest = "v1.4.2"
  }
}

run "refuses_s3_prefix_list_id" {
  command         = plan
  expect_failures = [var.s3_prefix_list_id]

  variables {
    s3_prefix_list_id = "com.amazonaws.eu-west-1.s3"
  }
}

run "refuses_trust_root_digest" {
  command         = plan
  expect_failures = [var.trust_root_digest]

  variables {
    trust_root_digest = "v1.4.2"
  }
}
