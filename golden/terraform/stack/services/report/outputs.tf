output "auto_scaling_group_names" {
  description = "The Auto Scaling group of each slot."
  value       = { for slot, member in aws_autoscaling_group.report : slot => member.name }
}

output "log_group_name" {
  description = "Where members write their logs."
  value       = aws_cloudwatch_log_group.report.name
}
