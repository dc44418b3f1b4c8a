output "auto_scaling_group_names" {
  description = "The Auto Scaling group of each slot."
  value       = { for slot, member in aws_autoscaling_group.web : slot => member.name }
}

output "log_group_name" {
  description = "Where members write their logs."
  value       = aws_cloudwatch_log_group.web.name
}

output "target_group_arns" {
  description = "The target group of each slot."
  value       = { for slot, member in aws_lb_target_group.web : slot => member.arn }
}
