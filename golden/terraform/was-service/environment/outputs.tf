output "kms_key_arn" {
  description = "The key of everything at rest."
  value       = aws_kms_key.main.arn
}

output "load_balancer_dns_name" {
  description = "The name that public records point at."
  value       = aws_lb.main.dns_name
}

output "vpc_id" {
  description = "The network of every service."
  value       = aws_vpc.main.id
}
