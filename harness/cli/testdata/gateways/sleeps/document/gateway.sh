echo "starting up, please wait"
exec sleep 600
