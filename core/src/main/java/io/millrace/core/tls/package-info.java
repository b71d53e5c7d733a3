/**
 * What TLS is made of, read from files: certificates, private keys, tokens, and who may read those.
 *
 * <p>Entry type: {@link io.millrace.core.tls.TlsIdentity}. Threading: everything is immutable or
 * static. Allocation: per file; nothing here is on the way of a request. Nothing of a secret ever
 * stands in an error.
 */
@NullMarked
package io.millrace.core.tls;

import org.jspecify.annotations.NullMarked;
