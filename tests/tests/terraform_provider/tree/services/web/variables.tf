variable "image_id" {
  type        = string
  description = "The machine image of every instance."

  validation {
    condition     = startswith(var.image_id, "ami-")
    error_message = "An image is named ami-…"
  }
}
