#!/bin/sh
# Counts yesterday's bookings of the ledger and files the result under the day's name.
set -eu

day=$(date -d yesterday +%F)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

aws s3 cp "$SOURCE/$day.csv" "$work/bookings.csv"
awk -F, 'NR > 1 { sum[$2] += $3 } END { for (account in sum) print account "," sum[account] }' \
  "$work/bookings.csv" | sort > "$work/report.csv"
aws s3 cp "$work/report.csv" "s3://$REPORTS_BUCKET/$day.csv"
