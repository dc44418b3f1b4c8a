variable "ami_arm64" {
  type        = string
  description = "The machine image of arm64 members, with the runner's boot service. Locked by `skiff lock --ami arm64=ami-…`; then it is no variable any more."

  validation {
    condition     = can(regex("^ami-[0-9a-f]{8,17}$", var.ami_arm64))
    error_message = "It must look like ami-0123456789abcdef0."
  }
}

variable "priority_shop_example_com" {
  type        = number
  description = "The priority of the listener rule of `web shop.example.com prefix:/`. Locked by `skiff lock`; then it is no variable any more."

  validation {
    condition     = var.priority_shop_example_com >= 1 && var.priority_shop_example_com <= 50000 && floor(var.priority_shop_example_com) == var.priority_shop_example_com
    error_message = "It must be a whole number from 1 to 50000."
  }
}

variable "runner_digest" {
  type        = string
  description = "The runner binary that members start. Locked by `skiff lock --input runner_digest=sha256:…`; then it is no variable any more."

  validation {
    condition     = can(regex("^sha256:[0-9a-f]{64}$", var.runner_digest))
    error_message = "It must look like sha256: and 64 hexadecimal digits."
  }
}

variable "s3_prefix_list_id" {
  type        = string
  description = "The prefix list of Amazon S3 in this region. Locked by `skiff lock --input s3_prefix_list_id=VALUE`; then it is no variable any more."

  validation {
    condition     = can(regex("^pl-[0-9a-f]{8,17}$", var.s3_prefix_list_id))
    error_message = "It must look like pl-0123456789abcdef0."
  }
}

variable "trust_root_digest" {
  type        = string
  description = "The trust root that runners accept. Locked by `skiff lock --input trust_root_digest=sha256:…`; then it is no variable any more."

  validation {
    condition     = can(regex("^sha256:[0-9a-f]{64}$", var.trust_root_digest))
    error_message = "It must look like sha256: and 64 hexadecimal digits."
  }
}
