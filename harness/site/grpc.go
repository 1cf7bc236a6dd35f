package site

import (
	"encoding/binary"
	"net/http"

	"github.com/gatequake/gatequake/harness/client"
)

// What a call of gRPC is made of (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
const (
	// grpcMethod is the path of the one method that there is: the service grpc, which is the route's name too, has a
	// unary method Echo.
	grpcMethod = "Echo"
	grpcStatus = "Grpc-Status"
)

// Call makes r a call of the method Echo.
func Call(r *client.Request) {
	r.Target += grpcMethod
	Envelop(r)
}

// Envelop makes r a call of the method that is its target.
func Envelop(r *client.Request) {
	r.Header = append(
		r.Header,
		client.Field{Name: "Content-Type", Value: "application/grpc"},
		client.Field{Name: "TE", Value: "trailers"},
	)
	// A message of one field, number 1, of bytes (protobuf's google.protobuf.StringValue, say), not compressed,
	// behind its length.
	message := append([]byte{1<<3 | 2, byte(len(said))}, said...)
	r.Body = append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message))), message...)
}

// called is what a client of gRPC makes of the answer to a call: its status stands behind the body, or in the head if
// there is no body. A 200 without it is not whole.
func called(r client.Response) client.Response {
	if r.Status != http.StatusOK || r.End != client.Complete {
		return r
	}
	if r.Trailer.Get(grpcStatus) == "" && r.Header.Get(grpcStatus) == "" {
		r.End, r.Error = client.Truncated, "no grpc-status"
	}
	return r
}

// statusOf returns the status of a call, or "".
func statusOf(r client.Response) string {
	if s := r.Trailer.Get(grpcStatus); s != "" {
		return s
	}
	return r.Header.Get(grpcStatus)
}
