package dns

import (
	"net"
	"time"

	"github.com/gatequake/gatequake/harness/strain"
)

// writeTimeout is how long a client may leave an answer unread before it loses its connection. Answers are small:
// only a client that means harm, or is frozen, fills its buffers with them, and it must not hold up Close.
const writeTimeout = time.Second

// boundedListener is a listener whose connections bound each write; the library sets no deadline of its own there.
type boundedListener struct{ net.Listener }

func (l boundedListener) Accept() (net.Conn, error) {
	conn, err := strain.Accept(l.Listener.Accept)
	if err != nil {
		return nil, err
	}
	return bounded{conn}, nil
}

type bounded struct{ net.Conn }

func (c bounded) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(b)
	if err != nil {
		_ = c.Close() // half a message was sent, perhaps: nothing after it could be understood
	}
	return n, err
}
