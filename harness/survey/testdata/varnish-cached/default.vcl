# A cache in front that stores what it may not.
vcl 4.1;
backend store { .host = "10.1.1.1"; .port = "8080"; }
sub vcl_backend_response {
  unset beresp.http.Cache-Control;
  set beresp.ttl = 1h;
  return (deliver);
}
