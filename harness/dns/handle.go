package dns

import (
	"time"

	"github.com/miekg/dns"
)

// handle answers one request. It runs in a goroutine of its own for each UDP request and each TCP connection, so
// waiting here delays nobody else.
func (s *Server) handle(w dns.ResponseWriter, request *dns.Msg) {
	asked := query(request, w.RemoteAddr(), w.LocalAddr())
	size := answerSize(asked.Proto, request)
	answer := Answer{}
	if fault := s.fault(dns.CanonicalName(request.Question[0].Name)); fault != nil {
		answer = fault.Break(asked, s.healthy(request, size))
	} else {
		answer.Message = s.answer(request, size)
	}
	if answer.Delay > 0 {
		select {
		case s.delayed <- struct{}{}:
			defer func() { <-s.delayed }()
		default:
			answer = Answer{}
		}
	}
	asked.Answer = answer.token()
	s.note(asked)
	if s.wait(answer.Delay) {
		send(w, answer)
	}
}

// wait lets d pass and reports whether the server is still open.
func (s *Server) wait(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.closed:
		return false
	}
}

// send writes the answer. There is nobody to tell when the client is gone.
func send(w dns.ResponseWriter, answer Answer) {
	switch {
	case answer.Message != nil:
		_ = w.WriteMsg(answer.Message)
	case answer.Raw != nil:
		_, _ = w.Write(answer.Raw)
	}
}

// answerSize returns how many bytes of answer the client can take over proto.
func answerSize(proto string, request *dns.Msg) int {
	if proto == "tcp" {
		return dns.MaxMsgSize
	}
	if opt := request.IsEdns0(); opt != nil {
		return max(int(opt.UDPSize()), dns.MinMsgSize) // RFC 6891: smaller values count as 512
	}
	return dns.MinMsgSize
}
