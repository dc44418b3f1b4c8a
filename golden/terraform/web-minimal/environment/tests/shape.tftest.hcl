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

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:111122223333:log-group:mock"
    }
  }

  mock_resource "aws_iam_policy" {
    defaults = {
      arn = "arn:aws:iam::111122223333:policy/mock"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::111122223333:role/mock"
    }
  }

  mock_resource "aws_kms_key" {
    defaults = {
      arn = "arn:aws:kms:eu-west-1:111122223333:key/mock"
    }
  }

  mock_resource "aws_lb" {
    defaults = {
      arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/mock/0123456789abcdef"
    }
  }

  mock_resource "aws_lb_listener" {
    defaults = {
      arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/mock/0123456789abcdef/0123456789abcdef"
    }
  }

  override_resource {
    target = aws_security_group.endpoints

    values = {
      id = "sg-00000000000000000"
    }
  }

  override_resource {
    target = aws_security_group.load_balancer

    values = {
      id = "sg-00000000000000001"
    }
  }
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
    ])

    error_message = "tags: every resource says whose it is."
  }

  assert {
    condition = alltrue([
      aws_kms_key.main.enable_key_rotation == true,
      aws_kms_key.main.deletion_window_in_days == 30,
    ])

    error_message = "app: the key rotates, and a deletion of it waits 30 days."
  }

  assert {
    condition     = aws_vpc.main.cidr_block == "10.0.0.0/16"
    error_message = "network: the network has 10.0.0.0/16."
  }

  assert {
    condition = alltrue([
      aws_cloudwatch_log_group.flow_logs.retention_in_days == 365,
      aws_cloudwatch_log_group.flow_logs.kms_key_id == aws_kms_key.main.arn,
    ])

    error_message = "network: logs are kept for 365 days, encrypted."
  }

  assert {
    condition = alltrue([
      aws_iam_role.flow_logs.name == "shop-default-flow-logs",
      aws_iam_role.flow_logs.path == "/skiff/default/",
    ])

    error_message = "network: `shop-default-flow-logs` stands under the path that roles may be passed from."
  }

  assert {
    condition     = aws_flow_log.main.traffic_type == "REJECT"
    error_message = "network: connections are logged (REJECT)."
  }

  assert {
    condition     = alltrue([for key in ["a", "b"] : aws_subnet.public[key].map_public_ip_on_launch == false])
    error_message = "network: nothing gets a public address by being started."
  }

  assert {
    condition     = alltrue([for key in ["a", "b"] : aws_subnet.private[key].map_public_ip_on_launch == false])
    error_message = "network: nothing gets a public address by being started."
  }

  assert {
    condition = alltrue([
      aws_vpc_endpoint.s3.service_name == "com.amazonaws.eu-west-1.s3",
      aws_vpc_endpoint.s3.vpc_endpoint_type == "Gateway",
    ])

    error_message = "network: `s3` is reached inside the network."
  }

  assert {
    condition = alltrue([
      aws_vpc_endpoint.autoscaling.service_name == "com.amazonaws.eu-west-1.autoscaling",
      aws_vpc_endpoint.autoscaling.vpc_endpoint_type == "Interface",
      aws_vpc_endpoint.autoscaling.private_dns_enabled == true,
    ])

    error_message = "network: `autoscaling` is reached inside the network."
  }

  assert {
    condition = alltrue([
      aws_vpc_endpoint.ecr_api.service_name == "com.amazonaws.eu-west-1.ecr.api",
      aws_vpc_endpoint.ecr_api.vpc_endpoint_type == "Interface",
      aws_vpc_endpoint.ecr_api.private_dns_enabled == true,
    ])

    error_message = "network: `api` is reached inside the network."
  }

  assert {
    condition = alltrue([
      aws_vpc_endpoint.ecr_dkr.service_name == "com.amazonaws.eu-west-1.ecr.dkr",
      aws_vpc_endpoint.ecr_dkr.vpc_endpoint_type == "Interface",
      aws_vpc_endpoint.ecr_dkr.private_dns_enabled == true,
    ])

    error_message = "network: `dkr` is reached inside the network."
  }

  assert {
    condition = alltrue([
      aws_vpc_endpoint.logs.service_name == "com.amazonaws.eu-west-1.logs",
      aws_vpc_endpoint.logs.vpc_endpoint_type == "Interface",
      aws_vpc_endpoint.logs.private_dns_enabled == true,
    ])

    error_message = "network: `logs` is reached inside the network."
  }

  assert {
    condition = alltrue([
      aws_vpc_endpoint.monitoring.service_name == "com.amazonaws.eu-west-1.monitoring",
      aws_vpc_endpoint.monitoring.vpc_endpoint_type == "Interface",
      aws_vpc_endpoint.monitoring.private_dns_enabled == true,
    ])

    error_message = "network: `monitoring` is reached inside the network."
  }

  assert {
    condition     = aws_s3_bucket.access_logs.bucket == "shop-default-access-log-b0075523"
    error_message = "log_retention: the bucket is shop-default-access-log-b0075523."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.access_logs.block_public_acls == true,
      aws_s3_bucket_public_access_block.access_logs.block_public_policy == true,
      aws_s3_bucket_public_access_block.access_logs.ignore_public_acls == true,
      aws_s3_bucket_public_access_block.access_logs.restrict_public_buckets == true,
    ])

    error_message = "log_retention: nothing in shop-default-access-log-b0075523 can be made public."
  }

  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.access_logs.rule).apply_server_side_encryption_by_default[0].sse_algorithm == "AES256"
    error_message = "log_retention: objects of shop-default-access-log-b0075523 are encrypted."
  }

  assert {
    condition     = aws_s3_bucket_versioning.access_logs.versioning_configuration[0].status == "Enabled"
    error_message = "log_retention: old versions of objects of shop-default-access-log-b0075523: Enabled."
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.access_logs.rule[0].expiration[0].days == 365
    error_message = "log_retention: objects of shop-default-access-log-b0075523 are kept for 365 days."
  }

  assert {
    condition     = aws_lb.main.internal == false
    error_message = "services: the load balancer is for the internet."
  }

  assert {
    condition     = aws_lb.main.access_logs[0].enabled == true
    error_message = "services: every request is logged."
  }

  assert {
    condition     = aws_lb.main.enable_deletion_protection == true
    error_message = "services: whether the load balancer is protected from deletion."
  }

  assert {
    condition     = aws_lb.main.drop_invalid_header_fields == true
    error_message = "services: what happens to headers that are none."
  }

  assert {
    condition = alltrue([
      aws_lb_listener.http.port == 80,
      aws_lb_listener.http.protocol == "HTTP",
    ])

    error_message = "services: port 80 speaks HTTP."
  }

  assert {
    condition = alltrue([
      aws_lb_listener.http.default_action[0].type == "redirect",
      aws_lb_listener.http.default_action[0].redirect[0].protocol == "HTTPS",
      aws_lb_listener.http.default_action[0].redirect[0].port == "443",
      aws_lb_listener.http.default_action[0].redirect[0].status_code == "HTTP_301",
    ])

    error_message = "services: every request in plain text is redirected to HTTPS."
  }

  assert {
    condition = alltrue([
      aws_lb_listener.https.port == 443,
      aws_lb_listener.https.protocol == "HTTPS",
      aws_lb_listener.https.ssl_policy == "ELBSecurityPolicy-TLS13-1-2-2021-06",
      aws_lb_listener.https.certificate_arn == "arn:aws:acm:eu-west-1:111122223333:certificate/1a2b3c4d-0001-4000-8000-000000000001",
    ])

    error_message = "services: port 443 speaks TLS and nothing else, by ELBSecurityPolicy-TLS13-1-2-2021-06."
  }

  assert {
    condition = alltrue([
      aws_lb_listener.https.default_action[0].type == "fixed-response",
      aws_lb_listener.https.default_action[0].fixed_response[0].status_code == "404",
    ])

    error_message = "services: a request that no route takes gets 404, and reaches no service."
  }

  assert {
    condition = alltrue([
      aws_vpc_security_group_ingress_rule.load_balancer_from_anywhere_443.security_group_id == aws_security_group.load_balancer.id,
      aws_vpc_security_group_ingress_rule.load_balancer_from_anywhere_443.cidr_ipv4 == "0.0.0.0/0",
      aws_vpc_security_group_ingress_rule.load_balancer_from_anywhere_443.referenced_security_group_id == null,
      aws_vpc_security_group_ingress_rule.load_balancer_from_anywhere_443.ip_protocol == "tcp",
      aws_vpc_security_group_ingress_rule.load_balancer_from_anywhere_443.from_port == 443,
      aws_vpc_security_group_ingress_rule.load_balancer_from_anywhere_443.to_port == 443,
    ])

    error_message = "services: HTTPS: port 443 is open to 0.0.0.0/0 alone."
  }

  assert {
    condition = alltrue([
      aws_vpc_security_group_ingress_rule.load_balancer_from_anywhere_80.security_group_id == aws_security_group.load_balancer.id,
      aws_vpc_security_group_ingress_rule.load_balancer_from_anywhere_80.cidr_ipv4 == "0.0.0.0/0",
      aws_vpc_security_group_ingress_rule.load_balancer_from_anywhere_80.referenced_security_group_id == null,
      aws_vpc_security_group_ingress_rule.load_balancer_from_anywhere_80.ip_protocol == "tcp",
      aws_vpc_security_group_ingress_rule.load_balancer_from_anywhere_80.from_port == 80,
      aws_vpc_security_group_ingress_rule.load_balancer_from_anywhere_80.to_port == 80,
    ])

    error_message = "services: HTTP, which is redirected to HTTPS: port 80 is open to 0.0.0.0/0 alone."
  }
}
