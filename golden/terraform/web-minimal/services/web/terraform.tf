terraform {
  required_version = ">= 1.11.0"

  # The bucket comes with `terraform init -backend-config=bucket=NAME`. Not the ledger's: nothing
  # there can be deleted, and a lock file must be.
  backend "s3" {
    key          = "skiff/shop/default/services/web.tfstate"
    region       = "eu-west-1"
    encrypt      = true
    use_lockfile = true
  }

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.66"
    }
  }
}
