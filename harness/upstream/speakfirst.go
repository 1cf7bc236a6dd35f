package upstream

import "github.com/gatequake/gatequake/harness/strain"

// SpeakFirst returns a Port that greets each connection with these bytes as soon as it is accepted, reading
// nothing before, and closes it: a server of a protocol in which the server begins.
func SpeakFirst(listen string, greeting []byte) (*Port, error) {
	p, err := newPort(listen)
	if err != nil {
		return nil, err
	}
	p.work.Go(func() {
		for {
			tcp, err := strain.Accept(p.listener.AcceptTCP)
			if err != nil {
				return
			}
			p.work.Go(func() {
				_, _ = tcp.Write(greeting)
				Close.of(tcp, tcp)
			})
		}
	})
	return p, nil
}
