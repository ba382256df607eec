package loopkeeper;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport.IssueSeverity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;

/**
 * Validates R4 resources, one in each file, against the base and the profiles they claim. The files come on standard input,
 * one path a line; the argument is the folder of our definitions. Prints a line for each finding: severity, file, place
 * and message, between tabs.
 */
public final class Validate {
  public static void main(String[] arguments) throws IOException {
    var fhir = FhirContext.forR4();
    var unknownSystems = new UnknownCodeSystemWarningValidationSupport(fhir);
    // Staff code in systems that nobody gave us.
    unknownSystems.setNonExistentCodeSystemSeverity(IssueSeverity.WARNING);
    var support = new ValidationSupportChain(
        new DefaultProfileValidationSupport(fhir),
        ours(fhir, Path.of(arguments[0])),
        new CommonCodeSystemsTerminologyService(fhir),
        new InMemoryTerminologyServerValidationSupport(fhir),
        unknownSystems);
    var validator = fhir.newValidator().registerValidatorModule(new FhirInstanceValidator(support));
    for (var file : paths()) {
      for (var message : validator.validateWithResult(Files.readString(Path.of(file))).getMessages()) {
        System.out.println(String.join("\t",
            message.getSeverity().getCode(), file, String.valueOf(message.getLocationString()),
            message.getMessage().replaceAll("\\s+", " ")));
      }
    }
  }

  private static List<String> paths() throws IOException {
    try (var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      return input.lines().filter(line -> !line.isBlank()).toList();
    }
  }

  private static PrePopulatedValidationSupport ours(FhirContext fhir, Path folder) throws IOException {
    var ours = new PrePopulatedValidationSupport(fhir);
    try (var files = Files.newDirectoryStream(folder, "{StructureDefinition,ValueSet,CodeSystem}-*.json")) {
      for (var file : files) ours.addResource(fhir.newJsonParser().parseResource(Files.readString(file)));
    }
    return ours;
  }
}
