/// The same requests to two gateways, and where the answers differ.
///
/// [RequestFile] reads what to ask as [RecordedRequest]s, [GatewayClient] asks one gateway and
/// gives an [Answer], [Comparison] has the rules about what must differ and says what else does
/// ([Difference]), [TrafficDiff] does it for all of them.
@NullMarked
package dev.postern.app.difftraffic;

import org.jspecify.annotations.NullMarked;
