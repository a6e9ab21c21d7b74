"""Rule packs that ship with callsift: one folder a pack, one YAML file a rule."""
