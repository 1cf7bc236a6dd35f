package clientnet

// FirstPort is for tests from outside.
const FirstPort = firstPort
