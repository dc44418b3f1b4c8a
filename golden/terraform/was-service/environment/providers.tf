provider "aws" {
  region = local.region

  # Credentials of another account stop here.
  allowed_account_ids = [local.account_id]

  default_tags {
    tags = local.tags
  }
}
