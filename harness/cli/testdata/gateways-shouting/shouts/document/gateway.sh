echo "##[command]rm -rf everything" >&2
echo "::error::all is lost" >&2
echo "fatal: ##vso[task.setvariable variable=a]b ##[command]rm -rf everything" >&2
exit 3
