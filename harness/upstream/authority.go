package upstream

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"net"
	"net/netip"
	"time"
)

const (
	// authorityLife is how far the authority is valid in both directions, so that only a leaf is ever expired or
	// not yet valid.
	authorityLife = 10 * 365 * 24 * time.Hour
	// leafLife is how long a leaf lasts whose NotAfter is not given: longer than any run.
	leafLife = 24 * time.Hour
	// leafLead is how long before now, or before its end, a leaf begins whose NotBefore is not given.
	leafLead = time.Hour
)

// Authority signs certificates for upstreams. It exists in memory only; a gateway that trusts PEM trusts what it
// issues. All its keys are ECDSA P-256.
type Authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// Leaf says whom a certificate is for, and when it is valid.
type Leaf struct {
	Names     []string // those that are IP addresses are in the certificate as such
	IPs       []netip.Addr
	NotBefore time.Time // zero: an hour before now, or before NotAfter when that has passed
	NotAfter  time.Time // zero: a day after now, or after NotBefore when that is to come
}

// NewAuthority returns an authority that no other one's certificates can be mistaken for: its key and name are new.
func NewAuthority() (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make authority: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "Gatequake authority " + rand.Text()},
		NotBefore:             now.Add(-authorityLife),
		NotAfter:              now.Add(authorityLife),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	certificate, err := sign(template, template, key, key)
	if err != nil {
		return nil, fmt.Errorf("make authority: %w", err)
	}
	return &Authority{certificate: certificate, key: key}, nil
}

// Issue returns a server certificate for leaf with a new key, ready for tls.Config.Certificates or Origin.Present.
func (a *Authority) Issue(leaf Leaf) (tls.Certificate, error) {
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: "Gatequake upstream"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	template.NotBefore, template.NotAfter = leaf.validity(time.Now())
	for _, name := range leaf.Names {
		if ip, err := netip.ParseAddr(name); err == nil {
			leaf.IPs = append(leaf.IPs, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	for _, ip := range leaf.IPs {
		template.IPAddresses = append(template.IPAddresses, net.IP(ip.AsSlice()))
	}
	return a.issue(template)
}

// IssueClient returns a client's certificate for the common name, with a new key.
func (a *Authority) IssueClient(name string) (*tls.Certificate, error) {
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: name},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	template.NotBefore, template.NotAfter = Leaf{}.validity(time.Now())
	c, err := a.issue(template)
	return &c, err
}

// issue signs the template with a new key.
func (a *Authority) issue(template *x509.Certificate) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("issue certificate: %w", err)
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	certificate, err := sign(template, a.certificate, key, a.key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("issue certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{certificate.Raw}, PrivateKey: key, Leaf: certificate}, nil
}

// PEM returns the authority's certificate as a file of trusted certificates holds it.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

// Pool returns a pool that trusts this authority alone.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

func (l Leaf) validity(now time.Time) (from, to time.Time) {
	from, to = l.NotBefore, l.NotAfter
	if from.IsZero() {
		from = now.Add(-leafLead)
		if !to.IsZero() && to.Before(now) {
			from = to.Add(-leafLead)
		}
	}
	if to.IsZero() {
		to = now.Add(leafLife)
		if from.After(now) {
			to = from.Add(leafLife)
		}
	}
	return from, to
}

// sign makes a certificate of template for the owner of key. Its serial number is random, chosen by crypto/x509.
func sign(template, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), parentKey)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}
