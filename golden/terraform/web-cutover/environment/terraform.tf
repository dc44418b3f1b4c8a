terraform {
  required_version = ">= 1.10.0"

  # The bucket comes with `terraform init -backend-config=bucket=NAME`. Not the ledger's bucket: its
  # policy refuses writes that carry no condition.
  backend "s3" {
    key          = "skiff/shop/default/environment.tfstate"
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
