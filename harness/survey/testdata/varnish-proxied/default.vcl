# Behind a load balancer that speaks the PROXY protocol.
vcl 4.1;
backend wiki { .host = "10.1.1.1"; .port = "8080"; }
backend orders { .host = "10.1.1.2"; .port = "8080"; }
sub vcl_recv {
  if (req.http.host ~ "^wiki(:\d+)?$") {
    set req.backend_hint = wiki;
    return (pass);
  }
  if (req.url ~ "^/v[0-9]+/orders$") {
    set req.backend_hint = orders;
    return (pass);
  }
  return (synth(404));
}
