package io.cachesync.web.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.ui.ExtendedModelMap;

class ErrorPageControllerTest {
  private final ErrorPageController errors = new ErrorPageController(mock(Problems.class));

  @Test
  void putsNoPageBehindAFileThatIsCutShort() throws Exception {
    MockHttpServletResponse response = new MockHttpServletResponse();
    MockHttpServletRequest request = new MockHttpServletRequest();
    assertThat(errors.error(request, response, new ExtendedModelMap())).isEqualTo("error");
    response.getOutputStream().write('{');
    response.flushBuffer();
    assertThat(errors.error(request, response, new ExtendedModelMap())).isNull();
    assertThat(response.getContentAsString()).isEqualTo("{");
  }
}
