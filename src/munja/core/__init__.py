"""Page, Artifact, Spec, registry and errors: what every other part of Munja stands on."""
