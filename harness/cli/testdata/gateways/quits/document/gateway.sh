echo "pid $$: reading configuration"
echo "pid $$: unknown directive proxi_pass in line 3" >&2
exit 3
