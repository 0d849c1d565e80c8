package io.tftpdc.wire;

import io.tftpdc.event.ConfigEvent;
import io.tftpdc.event.ConfigEvent.SettingChanged;
import io.tftpdc.event.ConfigEvent.SiteForgotten;
import io.tftpdc.event.ConfigEvent.TenantDefined;
import io.tftpdc.event.ConfigEvent.UnknownConfigEvent;
import io.tftpdc.event.ConfigScope;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import java.util.Optional;
import org.apache.avro.Schema;

/** {@link ConfigEvent} and its Avro record; unknown kinds as in {@link FileEventMapper}. */
final class ConfigEventMapper implements AvroMapper<ConfigEvent, io.tftpdc.wire.avro.ConfigEvent> {

    @Override
    public Schema schema() {
        return io.tftpdc.wire.avro.ConfigEvent.getClassSchema();
    }

    @Override
    public io.tftpdc.wire.avro.ConfigEvent toAvro(ConfigEvent event) {
        io.tftpdc.wire.avro.EventEnvelope envelope = EnvelopeMapper.toAvro(event.envelope());
        return switch (event) {
            case TenantDefined defined ->
                new io.tftpdc.wire.avro.ConfigEvent(
                        envelope,
                        "TenantDefined",
                        new io.tftpdc.wire.avro.TenantDefined(defined.tenant().value(), defined.description()),
                        null,
                        null);
            case SettingChanged changed ->
                new io.tftpdc.wire.avro.ConfigEvent(
                        envelope,
                        "SettingChanged",
                        null,
                        new io.tftpdc.wire.avro.SettingChanged(
                                changed.scope().toString(),
                                changed.name(),
                                changed.value().orElse(null)),
                        null);
            case SiteForgotten forgotten ->
                new io.tftpdc.wire.avro.ConfigEvent(
                        envelope,
                        "SiteForgotten",
                        null,
                        null,
                        new io.tftpdc.wire.avro.SiteForgotten(forgotten.site().value(), forgotten.untilMillis()));
            case UnknownConfigEvent unknown ->
                new io.tftpdc.wire.avro.ConfigEvent(envelope, unknown.type(), null, null, null);
        };
    }

    @Override
    public ConfigEvent fromAvro(io.tftpdc.wire.avro.ConfigEvent written) {
        EventEnvelope envelope = EnvelopeMapper.fromAvro(written.getEnvelope());
        io.tftpdc.wire.avro.TenantDefined defined = written.getTenantDefined();
        if (defined != null) {
            return new TenantDefined(envelope, new Tenant(defined.getTenant()), defined.getDescription());
        }
        io.tftpdc.wire.avro.SettingChanged changed = written.getSettingChanged();
        if (changed != null) {
            return new SettingChanged(
                    envelope,
                    ConfigScope.parse(changed.getScope()),
                    changed.getName(),
                    Optional.ofNullable(changed.getValue()));
        }
        io.tftpdc.wire.avro.SiteForgotten forgotten = written.getSiteForgotten();
        return forgotten == null
                ? new UnknownConfigEvent(envelope, written.getType())
                : new SiteForgotten(envelope, new SiteName(forgotten.getSite()), forgotten.getUntilMillis());
    }
}
