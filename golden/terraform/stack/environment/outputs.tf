output "database_orders_address" {
  description = "The host name of the database."
  value       = aws_db_instance.orders.address
}

output "deployer_role_arn" {
  description = "The role that applies shape by a direct plan."
  value       = aws_iam_role.deployer.arn
}

output "kms_key_arn" {
  description = "The key of everything at rest."
  value       = aws_kms_key.main.arn
}

output "load_balancer_dns_name" {
  description = "The name that public records point at."
  value       = aws_lb.main.dns_name
}

output "operator_role_arn" {
  description = "The role that runs operations and approves them."
  value       = aws_iam_role.operator.arn
}

output "releaser_role_arn" {
  description = "The role that ships releases and moves weights and capacity."
  value       = aws_iam_role.releaser.arn
}

output "vpc_id" {
  description = "The network of every service."
  value       = aws_vpc.main.id
}
